const EVERY_ROWS = 100_000;

/** Prints how far an export or an import has come: a line for each table that has rows, more for a long one. */
export function printProgress(): (table: string, rows: number, isDone: boolean) => void {
  let printed = 0;
  return (table, rows, isDone) => {
    if (isDone ? rows > 0 : rows - printed >= EVERY_ROWS) {
      console.log(`${table}: ${rows.toLocaleString('en')} rows${isDone ? '' : ' so far'}`);
      printed = rows;
    }
    if (isDone) printed = 0;
  };
}
