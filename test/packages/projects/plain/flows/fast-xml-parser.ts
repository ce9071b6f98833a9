import { XMLParser } from "fast-xml-parser";
import { flow, getRunLogger } from "orch";

const TEXT = '<rates date="2026-11-27"><rate c="CHF">0.93</rate><rate c="USD">1.16</rate></rates>';

export const example = flow(async function example(text: string = TEXT) {
  const { rates } = new XMLParser({ ignoreAttributes: false }).parse(text);
  getRunLogger().info(`${rates["@_date"]} ${rates.rate[0]["@_c"]} ${rates.rate[0]["#text"]}`);
});
