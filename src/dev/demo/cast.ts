/** The people of the demo, and what each of them does. */

/** What somebody does; script.ts plays it. */
export type Script =
  | 'never answers'
  | 'pays early'
  | 'pays just before the reminder'
  | 'opens'
  | 'opens and pays'
  | 'opens the offer'
  | 'pays after the offer'
  | 'pays when all is over';

export interface Person {
  readonly number: number;
  readonly name: string;
  readonly timeZone: string;
  readonly vip: boolean;
  readonly item: string;
  readonly price: number;
  readonly script: Script;
}

type Entry = readonly [
  name: string,
  timeZone: string,
  script: Script,
  item: string,
  price: number,
  vip?: 'vip',
];

/**
 * In the order in which they enter. The first ones are being written to when the worker is killed, and
 * nobody of them answers: so their mails are settled by a look-up, and not by an open that proves them.
 */
const ENTRIES: readonly Entry[] = [
  ['Ada', 'Europe/Berlin', 'never answers', 'desk lamp', 79, 'vip'],
  ['Bruno', 'America/Sao_Paulo', 'never answers', 'rain jacket', 120],
  ['Chidi', 'Africa/Lagos', 'opens the offer', 'espresso machine', 349, 'vip'],
  ['Dana', 'America/Chicago', 'never answers', 'garden hose', 35],
  ['Elif', 'Europe/Istanbul', 'pays early', 'tea set', 64],
  ['Farid', 'Asia/Dubai', 'opens', 'wool coat', 210],
  ['Grace', 'Europe/London', 'opens and pays', 'bread knife', 48],
  ['Hana', 'Asia/Tokyo', 'pays after the offer', 'road bike', 890, 'vip'],
  ['Ivan', 'Europe/Sofia', 'pays early', 'chess set', 55],
  ['Jun', 'Asia/Singapore', 'opens', 'desk chair', 240],
  ['Kavya', 'Asia/Kolkata', 'pays just before the reminder', 'sari', 95],
  ['Liam', 'Pacific/Auckland', 'never answers', 'fishing rod', 130],
  ['Mei', 'Asia/Shanghai', 'opens', 'rice cooker', 88, 'vip'],
  ['Noah', 'America/New_York', 'pays early', 'headphones', 199],
  ['Olga', 'Europe/Warsaw', 'opens and pays', 'snow boots', 140],
  ['Priya', 'Asia/Kolkata', 'pays just before the reminder', 'yoga mat', 42],
  ['Quinn', 'America/Halifax', 'pays when all is over', 'kayak', 620],
  ['Rosa', 'America/Lima', 'never answers', 'sewing machine', 260, 'vip'],
  ['Sven', 'Europe/Stockholm', 'opens', 'wood stove', 740],
  ['Tariq', 'Asia/Karachi', 'pays just before the reminder', 'cricket bat', 75],
  ['Uma', 'Asia/Kathmandu', 'pays just before the reminder', 'tent', 310],
  ['Vera', 'Europe/Prague', 'pays after the offer', 'violin', 480, 'vip'],
  ['Wanjiru', 'Africa/Nairobi', 'opens and pays', 'solar lamp', 39],
  ['Yusuf', 'Africa/Cairo', 'pays when all is over', 'oud', 275],
];

export const CAST: readonly Person[] = ENTRIES.map(
  ([name, timeZone, script, item, price, vip], index) => ({
    number: index + 1,
    name,
    timeZone,
    script,
    item,
    price,
    vip: vip !== undefined,
  }),
);

/** Addresses under a name that is reserved for examples: mail to them reaches nobody. */
export function addressOf({ name }: Person): string {
  return `${name.toLowerCase()}@shoppers.example`;
}

/** The place that a zone is named after. */
export function cityOf({ timeZone }: Person): string {
  return timeZone.slice(timeZone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}
