const MAX_LENGTH = 64;

/** A key made from a name: "Abandoned cart recovery" is `abandoned-cart-recovery`; may be empty. */
export function slugOf(name: string): string {
  return name
    .slice(0, 4 * MAX_LENGTH)
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
}
