// The colours of states for colour-blind readers are read on every ground and are told apart without red, green or blue.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";

type Three = readonly [number, number, number];
type Matrix = readonly [Three, Three, Three];

const STATES = ["completed", "running", "scheduled", "late", "pending", "paused", "cancelled", "failed", "crashed"];
const GREY = ["pending", "cancelled"];
const GROUNDS = ["ground", "panel", "hover", "selected"];
const AA = 4.5;
/** In Oklab, where 0.02 is what is just seen side by side. Greys differ by shape first. */
const LEAST = { hues: 0.075, greys: 0.045 };

/** Machado, Oliveira and Fernandes 2009, whole loss of one kind of cone; linear RGB. */
const SIGHTS: Record<string, Matrix> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "no red": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "no green": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "no blue": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const TO_CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const FROM_CONES: Matrix = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];
const TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const FROM_LAB: Matrix = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];

const dot = ([a, b, c]: Three, [x, y, z]: Three) => a * x + b * y + c * z;
const times = ([one, two, three]: Matrix, of: Three): Three => [dot(one, of), dot(two, of), dot(three, of)];
const each = ([x, y, z]: Three, act: (part: number) => number): Three => [act(x), act(y), act(z)];
const shown = (rgb: Three) => each(rgb, (part) => Math.min(1, Math.max(0, part)));

/** Linear RGB. */
function rgbOf([light, chroma, hue]: Three): Three {
  const angle = (hue * Math.PI) / 180;
  const lab: Three = [light, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  return times(
    FROM_CONES,
    each(times(FROM_LAB, lab), (part) => part ** 3),
  );
}

function distance(one: Three, other: Three, sight: Matrix): number {
  const [a, b] = [one, other].map((rgb) => times(TO_LAB, each(times(TO_CONES, shown(times(sight, rgb))), Math.cbrt)));
  return Math.hypot(...(a ?? []).map((part, index) => part - (b?.[index] ?? 0)));
}

function contrast(one: Three, other: Three): number {
  const light = (rgb: Three) => 0.05 + dot([0.2126, 0.7152, 0.0722], shown(rgb));
  return Math.max(light(one), light(other)) / Math.min(light(one), light(other));
}

const CSS = readFileSync(new URL("../../../src/ui/style/tokens.css", import.meta.url), "utf8");

/** The colours of a block of tokens.css, by name: light and dark. */
function tokens(selector: string): Map<string, [light: Three, dark: Three]> {
  const block = CSS.slice(CSS.indexOf(selector)).split("}")[0] ?? "";
  const colour = /--([\w-]+): light-dark\(oklch\(([\d.]+) ([\d.]+) ([\d.]+)\), oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)\)/g;
  return new Map(
    [...block.matchAll(colour)].map(([, name = "", ...numbers]) => {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers.map(Number);
      return [name, [rgbOf([a, b, c]), rgbOf([d, e, f])]];
    }),
  );
}

const usual = tokens(":root");
const distinct = tokens('[data-palette="distinct"]');

/** Pairs of states that look alike, with how far they are from each other. */
function alike(palette: typeof usual, scheme: 0 | 1): string[] {
  const pairs = STATES.flatMap((one, index) => STATES.slice(index + 1).map((other) => [one, other] as const));
  return Object.entries(SIGHTS).flatMap(([sight, matrix]) =>
    pairs.flatMap(([one, other]) => {
      const [a, b] = [palette.get(one)?.[scheme], palette.get(other)?.[scheme]];
      if (!a || !b) return [`${one} or ${other} has no colour`];
      const far = distance(a, b, matrix);
      const least = GREY.includes(one) || GREY.includes(other) ? LEAST.greys : LEAST.hues;
      return far < least ? [`${sight}: ${one}, ${other} ${far.toFixed(3)}`] : [];
    }),
  );
}

describe("the colours for colour-blind readers", () => {
  for (const [scheme, title] of [
    [0, "light"],
    [1, "dark"],
  ] as const) {
    test(`are told apart, ${title}`, () => {
      expect(alike(distinct, scheme)).toEqual([]);
      expect(alike(usual, scheme)).toContainEqual(expect.stringMatching(/no green: scheduled, late/)); // so it can be measured
    });

    test(`are read on every ground, ${title}`, () => {
      const faint = STATES.flatMap((state) =>
        GROUNDS.flatMap((ground) => {
          const [text, behind] = [distinct.get(state)?.[scheme], usual.get(ground)?.[scheme]];
          const found = text && behind ? contrast(text, behind) : 0;
          return found < AA ? [`${state} on ${ground}: ${found.toFixed(2)}`] : [];
        }),
      );
      expect(faint).toEqual([]);
    });
  }
});
