/** The filters of the list of sessions as its address has them, and as the admin API takes them. */
import { shellQuoted } from "~/parts/equal_texts";
import { many, one } from "~/search";

export const SORTS = ["created", "last_active", "ended"] as const;
export type Sort = (typeof SORTS)[number];

export const TIMES = ["created", "active", "ended"] as const;
const BOUNDS = TIMES.flatMap((time) => [`${time}_after`, `${time}_before`] as const);
type Bound = (typeof BOUNDS)[number];

const TEXTS = ["user_id", "person", "country", "device", "ip_prefix", "strategy", "batch_id"] as const;
const LISTS = ["cause"] as const;

export type SessionSearch = { state?: "active" | "ended"; sort?: Sort } & Partial<
  Record<(typeof TEXTS)[number] | Bound, string> & Record<(typeof LISTS)[number], string[]>
>;

/** What an address says, without what it cannot mean; `state` is left out for running sessions and `sort` for its default. */
export function sessionSearch(given: Record<string, unknown>): SessionSearch {
  const search: SessionSearch = {};
  const state = one(given.state);
  if (state === "ended") search.state = state;
  const sort = one(given.sort);
  if (isSort(sort) && sort !== defaultSort(search)) search.sort = sort;
  for (const name of TEXTS) search[name] = one(given[name]);
  for (const name of LISTS) search[name] = many(given[name]);
  for (const name of BOUNDS) {
    const value = one(given[name]);
    if (value && /^\d{1,15}$/.test(value)) search[name] = value;
  }
  return search;
}

function isSort(text: string | undefined): text is Sort {
  return SORTS.some((sort) => sort === text);
}

export function defaultSort(search: SessionSearch): Sort {
  return search.state === "ended" ? "ended" : "last_active";
}

export function sortOf(search: SessionSearch): Sort {
  return search.sort ?? defaultSort(search);
}

/** The filter of the admin API: also the body of a batch. */
export function filterOf({ sort: _, ...search }: SessionSearch) {
  const times = Object.fromEntries(BOUNDS.flatMap((name) => (search[name] ? [[name, Number(search[name])]] : [])));
  return compact({ ...search, ...times, state: search.state ?? "active" }) as Omit<SessionSearch, "sort" | Bound> &
    Partial<Record<Bound, number>>;
}

function compact<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value;
}

/** The conditions of a batch: it ends running sessions only, and says in words that everybody is meant. */
export function batchOf(search: SessionSearch) {
  const {
    state: _,
    cause: __,
    batch_id: ___,
    ended_after: ____,
    ended_before: _____,
    ...conditions
  } = filterOf(search);
  return Object.keys(conditions).length > 0 ? conditions : { everybody: true };
}

/** The filters that are set, for the line of removable marks; a list is one mark for each of its words. */
export function marksOf(search: SessionSearch): { name: keyof SessionSearch; value: string }[] {
  const names = [...TEXTS, ...LISTS, ...BOUNDS] as const;
  return names.flatMap((name) => (many(search[name]) ?? []).map((value) => ({ name, value })));
}

export function without(
  search: SessionSearch,
  { name, value }: { name: keyof SessionSearch; value: string },
): SessionSearch {
  const left = many(search[name])?.filter((each) => each !== value);
  return { ...search, [name]: Array.isArray(search[name]) ? many(left) : undefined };
}

const OPTIONS = {
  user_id: "--user",
  country: "--country",
  device: "--device",
  strategy: "--strategy",
  ip_prefix: "--address",
  created_after: "--since",
  created_before: "--until",
} as const;

/** The command that lists the same sessions; nothing for a filter or an order that the command line does not have. */
export function commandOf(search: SessionSearch): string | undefined {
  const filter = filterOf(search);
  const words = [`--status ${filter.state}`];
  for (const [name, value] of Object.entries(filter)) {
    if (name === "state") continue;
    if (name === "cause") words.push(...(many(value) ?? []).map((cause) => `--cause ${cause}`));
    else if (name in OPTIONS) {
      const text = typeof value === "number" ? new Date(value).toISOString() : String(value);
      words.push(`${OPTIONS[name as keyof typeof OPTIONS]} ${shellQuoted(text)}`);
    } else return undefined;
  }
  return `sojourn sessions list ${words.join(" ")}`;
}
