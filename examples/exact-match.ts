// A small registration cache that is right. It finds exact ranges only, keeps the least recently used buffers
// within a limit of entries and of pages, and answers the callback.
//
// The one idea: a buffer is secured BEFORE it is locked, and stays secured for as long as it can be found. So
// the application cannot remap it without the callback coming first, not even while it is in use.

import type {
  Access,
  AddressRange,
  BufferHandle,
  DriverError,
  Host,
  InvalidateOutcome,
  MdlHandle,
  RegionKey,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  SecureHandle,
  SocketId,
  Subject,
} from "stalemate";

const MOST_ENTRIES = 4;
const MOST_PAGES = 8;

interface Entry {
  readonly handle: BufferHandle;
  readonly range: AddressRange;
  readonly access: Access;
  readonly mdl: MdlHandle;
  readonly region: RegionKey;
  /** Null once the callback has come: the mapping may be another one, and the entry is not found any more. */
  secure: SecureHandle | null;
  /** Successful registers that are not deregistered yet. */
  uses: number;
  readonly sockets: Set<SocketId>;
  releasing: boolean;
}

function create(host: Host): RegistrationCache {
  const { driver, nic, pageSizeBytes } = host;
  const byHandle = new Map<BufferHandle, Entry>();
  // Every entry that may be found, least recently used first.
  let findable: Entry[] = [];
  // Entries whose region the NIC was too busy to give back: still secured, tried again at every later call.
  let owed: Entry[] = [];
  // Ranges that a call in progress is acquiring or releasing. A callback can come in the middle of one.
  const busy: AddressRange[] = [];

  const firstPage = (range: AddressRange): number => Math.floor(range.start / pageSizeBytes);
  const lastPage = (range: AddressRange): number =>
    Math.floor((range.start + range.lengthBytes - 1) / pageSizeBytes);
  const pageCount = (range: AddressRange): number => lastPage(range) - firstPage(range) + 1;
  // Memory is secured, locked and freed by the page: two buffers can meet without sharing a byte.
  const sharePage = (a: AddressRange, b: AddressRange): boolean =>
    firstPage(a) <= lastPage(b) && firstPage(b) <= lastPage(a);

  function whileBusy<T>(range: AddressRange, work: () => T): T {
    busy.push(range);
    const result = work();
    busy.splice(busy.indexOf(range), 1);
    return result;
  }

  /** Region, lock, secure, in this order. False: the NIC is busy, the rest is kept and owed. */
  function release(entry: Entry): boolean {
    // A callback may come in the middle of any release, and release what its caller was about to.
    if (!byHandle.has(entry.handle)) return true;
    if (entry.releasing) return false;
    entry.releasing = true;
    findable = findable.filter((other) => other !== entry);
    return whileBusy(entry.range, () => {
      if (!nic.deregister(entry.region).ok) {
        entry.releasing = false;
        if (!owed.includes(entry)) owed.push(entry);
        return false;
      }
      owed = owed.filter((other) => other !== entry);
      byHandle.delete(entry.handle);
      driver.unlock(entry.mdl);
      if (entry.secure !== null) driver.unsecure(entry.secure);
      return true;
    });
  }

  const settle = (): void => [...owed].forEach(release);
  const idle = (): Entry[] => findable.filter((entry) => entry.uses === 0);

  function evictOne(): boolean {
    const [oldest] = idle();
    return oldest !== undefined && release(oldest);
  }

  function keepLimits(): void {
    for (;;) {
      const kept = idle();
      const pages = kept.reduce((sum, entry) => sum + pageCount(entry.range), 0);
      if (kept.length <= MOST_ENTRIES && pages <= MOST_PAGES) return;
      evictOne();
    }
  }

  function find({ range, access }: RegisterRequest): Entry | undefined {
    return findable.find(
      (entry) =>
        entry.range.start === range.start &&
        entry.range.lengthBytes === range.lengthBytes &&
        (entry.access === "readwrite" || entry.access === access),
    );
  }

  const failure = (error: DriverError): RegisterOutcome => ({
    ok: false,
    error: error === "STATUS_ACCESS_VIOLATION" ? "WSAEFAULT" : "WSAENOBUFS",
  });

  /** Secures, locks and registers the range, or leaves nothing behind. */
  function acquire({ range, access }: RegisterRequest): Entry | RegisterOutcome {
    const secured = driver.secure(range, access === "read" ? "readonly" : "readwrite");
    if (!secured.ok) return failure(secured.error);
    const locked = driver.lock(range, access);
    if (!locked.ok) {
      driver.unsecure(secured.value);
      return failure(locked.error);
    }
    let entered = nic.register(locked.value, access);
    // The NIC is full: what is only kept makes room for what is needed.
    while (!entered.ok && entered.error === "NO_RESOURCES" && evictOne()) {
      entered = nic.register(locked.value, access);
    }
    if (!entered.ok) {
      driver.unlock(locked.value);
      driver.unsecure(secured.value);
      return { ok: false, error: "WSAENOBUFS" };
    }
    return {
      handle: Number(entered.value) as BufferHandle,
      range: { ...range },
      access,
      mdl: locked.value,
      region: entered.value,
      secure: secured.value,
      uses: 0,
      sockets: new Set(),
      releasing: false,
    };
  }

  function use(entry: Entry, { scope, socket, range, access }: RegisterRequest): RegisterOutcome {
    entry.uses++;
    entry.sockets.add(socket);
    // To the young end.
    findable = [...findable.filter((other) => other !== entry), entry];
    const success = {
      ok: true,
      handle: entry.handle,
      region: entry.region,
      offsetBytes: range.start % pageSizeBytes,
    } as const;
    if (scope === "local") return success;
    const exposed = nic.expose(entry.region, range, socket, access);
    if (exposed.ok) return { ...success, remoteKey: exposed.value };
    entry.uses--;
    return { ok: false, error: "WSAENOBUFS" };
  }

  function register(request: RegisterRequest): RegisterOutcome {
    settle();
    return whileBusy(request.range, () => {
      const hit = find(request);
      if (hit !== undefined) return use(hit, request);
      const made = acquire(request);
      if ("ok" in made) return made;
      byHandle.set(made.handle, made);
      return use(made, request);
    });
  }

  function invalidate(range: AddressRange): InvalidateOutcome {
    const isBusy = (other: AddressRange): boolean => busy.some((each) => sharePage(each, other));
    const touched = [...findable, ...owed].filter((each) => sharePage(each.range, range));
    let failed = isBusy(range);
    for (const entry of touched.filter((each) => each.uses === 0)) {
      if (isBusy(entry.range) || !release(entry)) failed = true;
    }
    // The operation will not go on: buffers in use stay as they are.
    if (failed) return { ok: false, error: "WSAEFAULT" };
    for (const entry of touched.filter((each) => each.uses > 0)) {
      // In use: the mapping may go, the lock and the region stay until the last deregister.
      const { secure } = entry;
      if (secure === null) continue;
      findable = findable.filter((other) => other !== entry);
      entry.secure = null;
      driver.unsecure(secure);
    }
    return touched.length > 0 ? { ok: true } : { ok: false, error: "WSAEINVAL" };
  }

  return {
    register,
    deregister({ handle, remoteKey }) {
      settle();
      const entry = byHandle.get(handle);
      if (entry === undefined || entry.uses === 0) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      entry.uses--;
      if (entry.uses === 0 && entry.secure === null) release(entry);
      keepLimits();
      return { ok: true };
    },
    invalidate,
    closeSocket(socket) {
      settle();
      const only = idle().filter((each) => each.sockets.size === 1 && each.sockets.has(socket));
      only.forEach(release);
    },
    cleanup() {
      settle();
      idle().forEach(release);
    },
  };
}

const subject: Subject = {
  name: "exact-match",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "exact",
    inUse: "defer",
    limits: { entries: MOST_ENTRIES, pages: MOST_PAGES, pending: 0 },
    notification: "refuse-notify-retry",
  },
  create,
};

export default subject;
