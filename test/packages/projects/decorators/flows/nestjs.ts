import "reflect-metadata";
import { Inject, Injectable, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { flow, getRunLogger } from "orch";

@Injectable()
class Prices {
  of(item: string): number {
    return item.length * 10;
  }
}

/** `Prices` is found by the type that the compiler writes down for the constructor's parameter. */
@Injectable()
class Shop {
  constructor(
    private readonly prices: Prices,
    @Inject("CURRENCY") private readonly currency: string,
  ) {}

  tag(item: string): string {
    return `${this.prices.of(item)} ${this.currency}`;
  }
}

@Module({ providers: [Prices, Shop, { provide: "CURRENCY", useValue: "CHF" }] })
class ShopModule {}

export const example = flow(async function example(item: string = "book") {
  const app = await NestFactory.createApplicationContext(ShopModule, { logger: false });
  getRunLogger().info(app.get(Shop).tag(item));
  await app.close();
});
