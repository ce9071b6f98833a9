import "reflect-metadata";
import { plainToInstance, Type } from "class-transformer";
import { IsEmail, IsInt, Max, Min, ValidateNested, validate } from "class-validator";
import { flow, getRunLogger } from "orch";

class Contact {
  @IsEmail() email: string;
}

class Person {
  @IsInt() @Min(0) @Max(150) age: number;
  @Type(() => Date) born: Date;
  @ValidateNested() @Type(() => Contact) contact: Contact;
}

export const example = flow(async function example(age: number = 200) {
  const person = plainToInstance(Person, { age, born: "1815-12-10", contact: { email: "no" } });
  const errors = await validate(person);
  const names = errors.flatMap(({ constraints, children }) =>
    Object.keys(constraints ?? children?.[0]?.constraints ?? {}),
  );
  getRunLogger().info(`${person.born.getUTCFullYear()} ${names.join(" ")}`);
});
