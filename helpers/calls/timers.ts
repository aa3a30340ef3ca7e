/** Seconds that something took which had to take so many: a timer may fire a little early by another clock. */
export function about(seconds: number): number {
  return seconds - 0.05;
}
