// Lists of the API come in pages of 200; commands show everything.
const PAGE = 200;

/** All rows, or the first `most`. */
export async function allPages<T>(
  read: (page: { limit: number; offset: number }) => Promise<T[]>,
  most = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const rows: T[] = [];
  while (rows.length < most) {
    const page = await read({ limit: Math.min(PAGE, most - rows.length), offset: rows.length });
    rows.push(...page);
    if (page.length < PAGE) break;
  }
  return rows;
}
