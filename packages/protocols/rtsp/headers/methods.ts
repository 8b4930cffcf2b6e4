/** The methods of Public and Allow headers (RFC 2326 §12.28, §12.4), in capitals. Not every list is true. */
export function parseMethods(values: readonly string[]): ReadonlySet<string> {
  const methods = values.flatMap(value => value.split(/[,\s]+/)).map(method => method.toUpperCase());
  return new Set(methods.filter(method => /^[A-Z_-]{1,32}$/.test(method)));
}

export function formatMethods(methods: Iterable<string>): string {
  return [...methods].join(', ');
}
