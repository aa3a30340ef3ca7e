/** Titles of module and exercise out of the path: `01-foundation/04-network-policy/…` → `01 Foundation`, `04 Network policy`. */
export function placeOf(path: string): { module: string; exercise: string } {
  const [module = '', exerciseFolder = ''] = path.split('/').map((part) => {
    const [number = '', ...words] = part.split('-');
    const text = words.join(' ');
    return `${number} ${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  });
  return { module, exercise: exerciseFolder };
}
