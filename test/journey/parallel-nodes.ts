/** Nodes as sketches of forks need them. */

export const fork = (...branches: string[]) => ['parallel', { branches }] as const;
export const pause = (length: string) => ['wait', { for: length }] as const;
export const tag = (name: string) => ['add_tag', { tag: name }] as const;
