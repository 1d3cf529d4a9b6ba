// The protocol as the documentation words it: on the last deregister the buffer stays locked and registered,
// goes into the cache, and is then secured. It looks right, and it is not: nobody is told when the application
// frees the buffer before that last deregister. stalemate finds it in five commands.

import type {
  Access,
  AddressRange,
  BufferHandle,
  Host,
  MdlHandle,
  RegionKey,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  SecureHandle,
  Subject,
} from "stalemate";

interface Entry {
  readonly range: AddressRange;
  readonly access: Access;
  readonly mdl: MdlHandle;
  readonly region: RegionKey;
  secure: SecureHandle | null;
  uses: number;
}

function create(host: Host): RegistrationCache {
  const { driver, nic, pageSizeBytes } = host;
  const entries = new Map<BufferHandle, Entry>();
  // Ranges of calls in progress: a callback can come in the middle of one.
  const busy: AddressRange[] = [];

  const firstPage = (range: AddressRange): number => Math.floor(range.start / pageSizeBytes);
  const lastPage = (range: AddressRange): number =>
    Math.floor((range.start + range.lengthBytes - 1) / pageSizeBytes);
  const sharePage = (a: AddressRange, b: AddressRange): boolean =>
    firstPage(a) <= lastPage(b) && firstPage(b) <= lastPage(a);

  function release(handle: BufferHandle, entry: Entry): boolean {
    if (!entries.has(handle)) return true;
    busy.push(entry.range);
    const isGone = nic.deregister(entry.region).ok;
    if (isGone) {
      driver.unlock(entry.mdl);
      if (entry.secure !== null) driver.unsecure(entry.secure);
      entries.delete(handle);
    }
    busy.pop();
    return isGone;
  }

  const idle = (): [BufferHandle, Entry][] => [...entries].filter(([, entry]) => entry.uses === 0);

  function register({ range, scope, access, socket }: RegisterRequest): RegisterOutcome {
    busy.push(range);
    const outcome = obtain({ range, scope, access, socket });
    busy.pop();
    return outcome;
  }

  function obtain({ range, scope, access, socket }: RegisterRequest): RegisterOutcome {
    // On the next register, look in the cache first.
    let found = [...entries].find(
      ([, known]) =>
        known.range.start === range.start &&
        known.range.lengthBytes === range.lengthBytes &&
        (known.access === "readwrite" || known.access === access),
    );
    if (found === undefined) {
      const locked = driver.lock(range, access);
      if (!locked.ok) {
        const faulted = locked.error === "STATUS_ACCESS_VIOLATION";
        return { ok: false, error: faulted ? "WSAEFAULT" : "WSAENOBUFS" };
      }
      const entered = nic.register(locked.value, access);
      if (!entered.ok) {
        driver.unlock(locked.value);
        return { ok: false, error: "WSAENOBUFS" };
      }
      const { value: region } = entered;
      const entry: Entry = {
        range: { ...range },
        access,
        mdl: locked.value,
        region,
        secure: null,
        uses: 0,
      };
      found = [Number(region) as BufferHandle, entry];
      entries.set(...found);
    }
    const [handle, entry] = found;
    entry.uses++;
    const offsetBytes = range.start % pageSizeBytes;
    const success = { ok: true, handle, region: entry.region, offsetBytes } as const;
    if (scope === "local") return success;
    const exposed = nic.expose(entry.region, range, socket, access);
    if (exposed.ok) return { ...success, remoteKey: exposed.value };
    entry.uses--;
    return { ok: false, error: "WSAENOBUFS" };
  }

  return {
    register,
    deregister({ handle, remoteKey }) {
      const entry = entries.get(handle);
      if (entry === undefined) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      entry.uses--;
      if (entry.uses === 0 && entry.secure === null) {
        // On the last deregister, keep the buffer, and then secure it.
        busy.push(entry.range);
        const secured = driver.secure(
          entry.range,
          entry.access === "read" ? "readonly" : "readwrite",
        );
        if (secured.ok) entry.secure = secured.value;
        else release(handle, entry);
        busy.pop();
      }
      return { ok: true };
    },
    invalidate(range) {
      const touched = [...entries].filter(([, entry]) => sharePage(entry.range, range));
      if (touched.length === 0) return { ok: false, error: "WSAEINVAL" };
      let kept = 0;
      for (const [handle, entry] of touched) {
        const inProgress = busy.some((each) => sharePage(each, entry.range));
        if (inProgress || entry.uses > 0 || !release(handle, entry)) kept++;
      }
      return kept === 0 ? { ok: true } : { ok: false, error: "WSAEFAULT" };
    },
    closeSocket() {
      for (const [handle, entry] of idle()) release(handle, entry);
    },
    cleanup() {
      for (const [handle, entry] of idle()) release(handle, entry);
    },
  };
}

const subject: Subject = {
  name: "by-the-book",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "exact",
    inUse: "refuse",
    limits: { entries: null, pages: null, pending: null },
    notification: "refuse-notify-retry",
  },
  create,
};

export default subject;
