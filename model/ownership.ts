// How a transition writes to a state that nobody ever sees change.
//
// Every state is frozen to the last leaf. A transition is given a copy of the root, and makes each part its own
// before it writes to it: `own` puts a copy into the place of a frozen part. What it forgets to own it cannot write:
// the engine throws. When it is over, `settled` freezes what is new and puts back, as it was, what was copied and
// not changed after all. On a record that is not frozen, and on a draft, `own` only reads.

/** The part, to be written to: a copy, which is in its place from now on, if it was frozen. */
export function own<Whole extends object, Key extends keyof Whole>(
  whole: Whole,
  key: Key,
): Whole[Key] & object {
  const part: unknown = whole[key];
  if (typeof part !== "object" || part === null) {
    throw new RangeError(`there is no ${String(key)} to be written to`);
  }
  if (!Object.isFrozen(part)) return part as Whole[Key] & object;
  const copy: unknown = Array.isArray(part) ? [...(part as unknown[])] : { ...part };
  whole[key] = copy as Whole[Key];
  return copy as Whole[Key] & object;
}

/** The value with everything new in it frozen, or the one before it where nothing differs. */
export function settled<Value>(value: Value, before: unknown): Value {
  return settle(value, before) as Value;
}

function settle(value: unknown, before: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  return Array.isArray(value)
    ? settleList(value, Array.isArray(before) ? before : null)
    : settleRecord(value as Fields, isRecord(before) ? before : null);
}

type Fields = Record<string, unknown>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function settleList(list: unknown[], before: readonly unknown[] | null): readonly unknown[] {
  let isSame = list.length === before?.length;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const was = before?.[i];
    if (item === was) continue;
    const kept = settle(item, was);
    if (kept !== item) list[i] = kept;
    if (kept !== was) isSame = false;
  }
  return isSame && before !== null ? before : Object.freeze(list);
}

function settleRecord(record: Fields, before: Fields | null): Fields {
  let isSame = before !== null;
  for (const key in record) {
    const part = record[key];
    const was = before?.[key];
    if (part === was) continue;
    const kept = settle(part, was);
    if (kept !== part) record[key] = kept;
    if (kept !== was) isSame = false;
  }
  return isSame && before !== null && countOf(record) === countOf(before)
    ? before
    : Object.freeze(record);
}

const countOf = (record: Fields): number => Object.keys(record).length;
