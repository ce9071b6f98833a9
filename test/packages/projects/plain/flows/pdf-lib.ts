import { flow, getRunLogger } from "orch";
import { PDFDocument, StandardFonts } from "pdf-lib";

export const example = flow(async function example(pages: number = 2) {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let i = 0; i < pages; i++) document.addPage([300, 200]).drawText(`Page ${i}`, { font, x: 20, y: 100 });
  const bytes = await document.save();
  const read = await PDFDocument.load(bytes);
  getRunLogger().info(
    `${Buffer.from(bytes.subarray(0, 5)).toString()} ${read.getPageCount()} pages of ${read.getPage(0).getWidth()}`,
  );
});
