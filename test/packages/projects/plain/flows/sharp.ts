import { flow, getRunLogger } from "orch";
import sharp from "sharp";

export const example = flow(async function example(width: number = 40) {
  const red = { r: 255, g: 0, b: 0 };
  const picture = await sharp({ create: { width: 200, height: 100, channels: 3, background: red } })
    .png()
    .toBuffer();
  const small = await sharp(picture).resize({ width }).webp().toBuffer();
  const { format, width: wide, height } = await sharp(small).metadata();
  getRunLogger().info(`${format} of ${wide} x ${height}`);
});
