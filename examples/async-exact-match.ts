// A small registration cache that several threads may call at once, and that is right. It is examples/exact-match.ts with
// promises: exact ranges only, the least recently used buffers within a limit, and a callback.
//
// No lock is held while the host is asked: the callback may arrive inside any host call, on the same thread, and would wait
// for ever. Instead every entry says what is being done with it. Whoever changes that looks first and does not wait in
// between, so that no two calls release an entry, or acquire one twice.

import type {
  Access,
  AddressRange,
  AsyncHost,
  AsyncRegistrationCache,
  AsyncSubject,
  BufferHandle,
  DriverError,
  InvalidateOutcome,
  MdlHandle,
  RegionKey,
  RegisterOutcome,
  RegisterRequest,
  SecureHandle,
  SocketId,
} from "stalemate";

// So few, so that even the smallest programs make it let go of something.
const MOST_ENTRIES = 1;

interface Entry {
  readonly range: AddressRange;
  readonly access: Access;
  /** `ready`: it is found. `left`: it is not found any more, and goes with its last user. */
  state: "acquiring" | "ready" | "left" | "releasing" | "owed" | "gone";
  secure: SecureHandle | null;
  mdl: MdlHandle | null;
  region: RegionKey | null;
  /** Successful registers that are not deregistered yet, and registers in progress. */
  uses: number;
  readonly sockets: Set<SocketId>;
  /** Registers of the same range that came while it was acquired. */
  waiting: (() => void)[];
}

function createAsync(host: AsyncHost): AsyncRegistrationCache {
  const { driver, nic, pageSizeBytes } = host;
  // The least recently used first.
  let entries: Entry[] = [];

  const firstPage = (range: AddressRange): number => Math.floor(range.start / pageSizeBytes);
  const lastPage = (range: AddressRange): number =>
    Math.floor((range.start + range.lengthBytes - 1) / pageSizeBytes);
  const sharePage = (a: AddressRange, b: AddressRange): boolean =>
    firstPage(a) <= lastPage(b) && firstPage(b) <= lastPage(a);
  const isIdle = (entry: Entry): boolean => entry.state === "ready" && entry.uses === 0;

  /** Region, lock, secure, in this order. False: the NIC is busy, the rest is kept and tried again at later calls. */
  async function release(entry: Entry): Promise<boolean> {
    entry.state = "releasing";
    if (entry.region !== null && !(await nic.deregister(entry.region)).ok) {
      entry.state = "owed";
      return false;
    }
    entry.region = null;
    if (entry.mdl !== null) await driver.unlock(entry.mdl);
    entry.mdl = null;
    await unsecure(entry);
    entry.state = "gone";
    entries = entries.filter((other) => other !== entry);
    return true;
  }

  async function unsecure(entry: Entry): Promise<void> {
    const { secure } = entry;
    // Whoever comes meanwhile finds nothing to unsecure.
    entry.secure = null;
    if (secure !== null) await driver.unsecure(secure);
  }

  async function settle(): Promise<void> {
    for (const entry of entries) if (entry.state === "owed") await release(entry);
  }

  async function evictOne(): Promise<boolean> {
    const oldest = entries.find(isIdle);
    return oldest !== undefined && (await release(oldest));
  }

  async function keepLimits(): Promise<void> {
    while (entries.filter(isIdle).length > MOST_ENTRIES) await evictOne();
  }

  const failure = (error: DriverError): RegisterOutcome => ({
    ok: false,
    error: error === "STATUS_ACCESS_VIOLATION" ? "WSAEFAULT" : "WSAENOBUFS",
  });

  /** Secures, locks and registers the entry's range; null: all is there. */
  async function acquire(entry: Entry): Promise<RegisterOutcome | null> {
    const { range, access } = entry;
    const secured = await driver.secure(range, access === "read" ? "readonly" : "readwrite");
    if (!secured.ok) return failure(secured.error);
    entry.secure = secured.value;
    const locked = await driver.lock(range, access);
    if (!locked.ok) return failure(locked.error);
    entry.mdl = locked.value;
    let entered = await nic.register(locked.value, access);
    while (!entered.ok && entered.error === "NO_RESOURCES" && (await evictOne())) {
      entered = await nic.register(locked.value, access);
    }
    if (!entered.ok) return { ok: false, error: "WSAENOBUFS" };
    entry.region = entered.value;
    return null;
  }

  async function make(request: RegisterRequest): Promise<RegisterOutcome> {
    const { range, access } = request;
    const entry: Entry = {
      range: { ...range },
      access,
      state: "acquiring",
      secure: null,
      mdl: null,
      region: null,
      uses: 0,
      sockets: new Set(),
      waiting: [],
    };
    entries.push(entry);
    const failed = await acquire(entry);
    if (failed === null) entry.state = "ready";
    else await release(entry);
    entry.waiting.forEach((wake) => wake());
    entry.waiting = [];
    return failed ?? use(entry, request);
  }

  function find({ range, access }: RegisterRequest): Entry | undefined {
    return entries.find(
      (entry) =>
        (entry.state === "ready" || entry.state === "acquiring") &&
        entry.range.start === range.start &&
        entry.range.lengthBytes === range.lengthBytes &&
        (entry.access === "readwrite" || entry.access === access),
    );
  }

  async function use(entry: Entry, request: RegisterRequest): Promise<RegisterOutcome> {
    const { scope, socket, range, access } = request;
    const { region } = entry;
    if (region === null) return { ok: false, error: "WSAENOBUFS" };
    // Counted before anything is waited for: nobody releases what is in use.
    entry.uses++;
    entry.sockets.add(socket);
    entries = [...entries.filter((other) => other !== entry), entry];
    const handle = Number(region) as BufferHandle;
    const success = { ok: true, handle, region, offsetBytes: range.start % pageSizeBytes } as const;
    if (scope === "local") return success;
    const exposed = await nic.expose(region, range, socket, access);
    if (exposed.ok) return { ...success, remoteKey: exposed.value };
    await leave(entry);
    return { ok: false, error: "WSAENOBUFS" };
  }

  async function leave(entry: Entry): Promise<void> {
    entry.uses--;
    if (entry.uses === 0 && entry.state === "left") await release(entry);
    await keepLimits();
  }

  async function register(request: RegisterRequest): Promise<RegisterOutcome> {
    await settle();
    for (;;) {
      const hit = find(request);
      if (hit === undefined) return make(request);
      if (hit.state === "ready") return use(hit, request);
      // Another thread is acquiring it. It may fail, or be gone again by the time that this one goes on.
      await new Promise<void>((wake) => hit.waiting.push(wake));
    }
  }

  /** The mapping may change. False: the entry stays as it is. */
  async function letGo(entry: Entry): Promise<boolean> {
    if (entry.state === "left" || entry.state === "gone") return true;
    if (isIdle(entry) || entry.state === "owed") return release(entry);
    // Acquired or released by another call. Not waited for: this may be inside a host call of that very call.
    if (entry.state !== "ready") return false;
    // In use: the mapping may go, the lock and the region stay until the last deregister.
    entry.state = "left";
    await unsecure(entry);
    return true;
  }

  async function invalidate(range: AddressRange): Promise<InvalidateOutcome> {
    const touched = entries.filter(
      (entry) => entry.state !== "left" && sharePage(entry.range, range),
    );
    let isGone = true;
    for (const entry of touched) {
      if (entry.uses === 0 && !(await letGo(entry))) isGone = false;
    }
    // What is in use comes last: if the operation will not go on, it stays as it is.
    for (const entry of touched) {
      if (isGone && !(await letGo(entry))) isGone = false;
    }
    if (!isGone) return { ok: false, error: "WSAEFAULT" };
    return touched.length > 0 ? { ok: true } : { ok: false, error: "WSAEINVAL" };
  }

  return {
    register,
    async deregister({ handle, remoteKey }) {
      await settle();
      const entry = entries.find((each) => Number(each.region) === handle && each.uses > 0);
      if (entry === undefined) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) await nic.unexpose(remoteKey);
      await leave(entry);
      return { ok: true };
    },
    invalidate,
    async closeSocket(socket) {
      await settle();
      for (const entry of entries) {
        const isOnly = entry.sockets.size === 1 && entry.sockets.has(socket);
        if (isOnly && isIdle(entry)) await release(entry);
      }
    },
    async cleanup() {
      await settle();
      for (const entry of entries) if (isIdle(entry)) await release(entry);
    },
    snapshot: () =>
      entries.map(({ range, access, state, secure, mdl, region, uses, sockets, waiting }) => [
        [range.start, range.lengthBytes, access, state, secure, mdl, region, uses, waiting.length],
        [...sockets],
      ]),
  };
}

const subject: AsyncSubject = {
  name: "async-exact-match",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "exact",
    inUse: "defer",
    limits: { entries: MOST_ENTRIES, pages: null, pending: 0 },
    notification: "refuse-notify-retry",
  },
  createAsync,
};

export default subject;
