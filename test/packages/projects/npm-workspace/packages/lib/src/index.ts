import { nanoid } from "nanoid";

export interface Row {
  sku: string;
  amount: number;
  kind?: "new" | "used";
}

export function total(rows: Row[]): string {
  const sum = rows.reduce((all, { amount }) => all + amount, 0);
  return `${sum} of ${rows.length}, key of ${nanoid(8).length}`;
}
