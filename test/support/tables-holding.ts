import type postgres from 'postgres';

/** The tables of which a row holds the text anywhere, in any case; as superuser, so in every workspace. */
export async function tablesHolding(admin: postgres.Sql, text: string): Promise<string[]> {
  const tables = await admin<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    order by relname`;
  const holding: string[] = [];
  for (const { name } of tables) {
    const rows = await admin`
      select 1 from ${admin(name)} as it where strpos(lower(it::text), ${text.toLowerCase()}) > 0 limit 1`;
    if (rows.length > 0) holding.push(name);
  }
  return holding;
}
