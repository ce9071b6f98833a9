import ExcelJS from "exceljs";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(
  rows: [string, number][] = [
    ["Ada", 3],
    ["Bo", 4],
  ],
) {
  const written = new ExcelJS.Workbook();
  written.addWorksheet("Sales").addRows(rows);
  const bytes = await written.xlsx.writeBuffer();
  const read = new ExcelJS.Workbook();
  await read.xlsx.load(bytes);
  const sheet = read.getWorksheet("Sales");
  getRunLogger().info(`${sheet?.rowCount} rows, ${sheet?.getCell("A2").text} ${sheet?.getCell("B2").value}`);
});
