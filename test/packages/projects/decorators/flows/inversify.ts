import "reflect-metadata";
import { Container, inject, injectable } from "inversify";
import { flow, getRunLogger, task } from "orch";

@injectable()
class Clock {
  readonly year = 2026;
}

@injectable()
class Report {
  constructor(
    private readonly clock: Clock,
    @inject("title") private readonly title: string,
  ) {}

  readonly render = task(async () => `${this.title} ${this.clock.year}`, { name: "render" });
}

export const example = flow(async function example(title: string = "Sales") {
  const container = new Container();
  container.bind(Clock).toSelf().inSingletonScope();
  container.bind(Report).toSelf();
  container.bind<string>("title").toConstantValue(title);
  getRunLogger().info(await container.get(Report).render());
});
