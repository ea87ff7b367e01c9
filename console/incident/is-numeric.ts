/** Whether a cell holds a number, with or without a unit after it: such columns are aligned by their ends. */
export function isNumeric(cell: string): boolean {
  return cell === '' || /^[-+]?\d[\d,.]*(e[-+]?\d+)?( ?[a-zA-Z%/]{1,4})?( \d+ ?[a-zA-Z]{1,3})?$/.test(cell);
}
