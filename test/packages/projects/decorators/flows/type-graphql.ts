import "reflect-metadata";
import { graphql } from "graphql";
import { flow, getRunLogger } from "orch";
import { Arg, buildSchema, Field, Int, ObjectType, Query, Resolver } from "type-graphql";

@ObjectType()
class Recipe {
  @Field() title: string;
  @Field(() => Int) minutes: number;
  @Field() vegan: boolean;
}

@Resolver(Recipe)
class Recipes {
  @Query(() => Recipe)
  recipe(@Arg("title") title: string): Recipe {
    return Object.assign(new Recipe(), { title, minutes: 25, vegan: true });
  }
}

export const example = flow(async function example(title: string = "Soup") {
  const schema = await buildSchema({ resolvers: [Recipes], validate: false });
  const source = "query ($title: String!) { recipe(title: $title) { title minutes vegan } }";
  const { data, errors } = await graphql({ schema, source, variableValues: { title } });
  getRunLogger().info(errors?.[0]?.message ?? JSON.stringify(data));
});
