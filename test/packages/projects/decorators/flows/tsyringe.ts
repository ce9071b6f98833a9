import "reflect-metadata";
import { flow, getRunLogger } from "orch";
import { autoInjectable, container, singleton } from "tsyringe";

@singleton()
class Counter {
  value = 0;
}

@autoInjectable()
class Visitor {
  constructor(private readonly counter?: Counter) {}

  visit(): void {
    if (this.counter) this.counter.value += 1;
  }
}

export const example = flow(async function example(visits: number = 3) {
  for (let i = 0; i < visits; i++) new Visitor().visit();
  getRunLogger().info(`visits ${container.resolve(Counter).value}`);
});
