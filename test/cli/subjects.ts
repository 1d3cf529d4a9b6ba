// Subjects as users write them, as source text: some of these are no programs at all, and none may be part
// of this project's own types or formatting.

const capabilities = `{
  caches: { local: false, remote: false },
  hit: "exact",
  inUse: "refuse",
  limits: { entries: null, pages: null, pending: null },
  notification: "refuse-notify-retry",
}`;

/** TypeScript: a provider that never caches. `inRegister` runs first in every register. */
export function uncachedSubject(inRegister: string = ""): string {
  return `
import type { Host, RegistrationCache, Subject } from "stalemate";

class Uncached implements RegistrationCache {
  readonly #host: Host;
  readonly #held = new Map<number, { mdl: any; region: any; key: any }>();
  #next = 1;
  constructor(host: Host) { this.#host = host; }
  register({ socket, range, access, scope }: any): any {
    ${inRegister}
    const { driver, nic, pageSizeBytes } = this.#host;
    const mdl = driver.lock(range, access);
    if (!mdl.ok) {
      const refused = mdl.error === "STATUS_ACCESS_VIOLATION";
      return { ok: false, error: refused ? "WSAEFAULT" : "WSAENOBUFS" };
    }
    const region = nic.register(mdl.value, access);
    if (!region.ok) {
      driver.unlock(mdl.value);
      return { ok: false, error: "WSAENOBUFS" };
    }
    const key = scope === "remote" ? nic.expose(region.value, range, socket, access) : null;
    const handle = this.#next++;
    this.#held.set(handle, { mdl: mdl.value, region: region.value, key: key?.ok ? key.value : null });
    const offsetBytes = range.start % pageSizeBytes;
    const answer = { ok: true, handle, region: region.value, offsetBytes };
    return key?.ok ? { ...answer, remoteKey: key.value } : answer;
  }
  deregister({ handle }: any): any {
    const held = this.#held.get(handle);
    if (held === undefined) return { ok: false, error: "WSAEINVAL" };
    this.#held.delete(handle);
    if (held.key !== null) this.#host.nic.unexpose(held.key);
    this.#host.nic.deregister(held.region);
    this.#host.driver.unlock(held.mdl);
    return { ok: true };
  }
  closeSocket(): void {}
  cleanup(): void {}
}

const subject: Subject = {
  name: "uncached",
  capabilities: ${capabilities},
  create: (host) => new Uncached(host),
};
export default subject;
`;
}

/** JavaScript: forgets what it registered; every deregister leaks a lock and a region. */
export const leakySubject: string = `
export const subject = {
  name: "leaky",
  capabilities: ${capabilities},
  create: (host) => ({
    register({ range, access, scope }) {
      if (scope === "remote") return { ok: false, error: "WSAENOBUFS" };
      const mdl = host.driver.lock(range, access);
      if (!mdl.ok) return { ok: false, error: "WSAEFAULT" };
      const region = host.nic.register(mdl.value, access);
      if (!region.ok) return { ok: false, error: "WSAENOBUFS" };
      const offsetBytes = range.start % host.pageSizeBytes;
      return { ok: true, handle: region.value, region: region.value, offsetBytes };
    },
    deregister: () => ({ ok: true }),
    closeSocket() {},
    cleanup() {},
  }),
};
`;

/** Why each cannot be checked, as the one sentence has to say. */
export const unusableModules: readonly (readonly [name: string, source: string, says: RegExp])[] = [
  ["syntax.ts", "export const a: number = 1;\nconst b = {;\n", /syntax\.ts:\d+:\d+ is not valid/],
  ["garbage.ts", "\u0000\u0001\u0002\u0003garbage", /garbage\.ts:1:\d+ is not valid/],
  [
    "throws.ts",
    "const broken = (): never => {\n  throw new RangeError('no licence');\n};\nbroken();\n",
    /throws\.ts threw while it was loaded at line 2: RangeError: no licence/,
  ],
  ["throws-text.js", "throw 'text';\n", /throws-text\.js threw while it was loaded: text/],
  [
    "imports.mjs",
    "import 'no-such-package';\n",
    /imports something that is not there: .*no-such-package/,
  ],
  ["nothing.js", "export const x = 1;\n", /nothing\.js/],
  ["half.js", "export default { name: 'half' };\n", /half\.js/],
  ["exits.js", "process.exit(0);\n", /exits\.js ended its thread while it was loaded/],
  ["waits.mjs", "export default await new Promise(() => {});\n", /waits\.mjs ended its thread/],
  ["loops.js", "for (;;) {}\n", /loading loops\.js did not end within 1 second/],
];
