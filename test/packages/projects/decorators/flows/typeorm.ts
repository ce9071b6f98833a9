import "reflect-metadata";
import { flow, getRunLogger } from "orch";
import { Column, DataSource, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn, type Relation } from "typeorm";

@Entity()
class Author {
  @PrimaryGeneratedColumn() id: number;
  @Column() name: string;
  @Column({ nullable: true }) born: Date;
  @OneToMany(
    () => Book,
    (book) => book.author,
    { cascade: true },
  )
  books: Relation<Book>[];
}

@Entity()
class Book {
  @PrimaryGeneratedColumn() id: number;
  @Column() title: string;
  @ManyToOne(
    () => Author,
    (author) => author.books,
  )
  author: Relation<Author>;
}

export const example = flow(async function example(titles: string[] = ["One", "Two"]) {
  const source = new DataSource({ type: "sqljs", entities: [Author, Book], synchronize: true });
  await source.initialize();
  const authors = source.getRepository(Author);
  const books = titles.map((title) => Object.assign(new Book(), { title }));
  await authors.save(Object.assign(new Author(), { name: "Ada", born: new Date("1815-12-10"), books }));
  const found = await authors.findOneOrFail({ where: { name: "Ada" }, relations: { books: true } });
  getRunLogger().info(`${found.id} ${found.born.getUTCFullYear()} ${found.books.map(({ title }) => title).join("+")}`);
  await source.destroy();
});
