import * as cheerio from "cheerio";
import { flow, getRunLogger } from "orch";

const PAGE = "<ul><li class=price>12</li><li>x</li><li class=price>30</li></ul>";

export const example = flow(async function example(page: string = PAGE) {
  const $ = cheerio.load(page);
  const prices = $("li.price")
    .map((_, li) => Number($(li).text()))
    .get();
  getRunLogger().info(`prices ${prices.join(" ")}`);
});
