/** Whether a cell holds a number, with or without a unit: such columns are aligned to the right. */
export function isNumeric(cell: string): boolean {
  return cell === '' || /^[-+]?\d[\d,.]*(e[-+]?\d+)?( ?[a-zA-Z%/]{1,4})?( \d+ ?[a-zA-Z]{1,3})?$/.test(cell);
}
