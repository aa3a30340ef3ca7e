/**
 * What is kept of an object: `true` is all of a field, `there` only whether it is set; a list holds the shape of each of its
 * members. What no shape names is dropped.
 */
export type Shape = true | 'there' | readonly [Shape] | { readonly [field: string]: Shape };

/** The part of a value that a shape names; undefined where there is nothing of it. */
export function keep(value: unknown, shape: Shape): unknown {
  if (value === undefined || value === null) return undefined;
  if (shape === true) return value;
  if (shape === 'there') return {};
  if (isList(shape)) return Array.isArray(value) ? value.map((each) => keep(each, shape[0])) : undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const held = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(shape)
      .map(([field, inner]) => [field, Object.hasOwn(held, field) ? keep(held[field], inner) : undefined] as const)
      .filter(([, kept]) => kept !== undefined),
  );
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
