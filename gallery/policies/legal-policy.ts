// Random legal policies: registration caches that at each choice point (choice-points.ts) pick any option that the rules
// allow. A checker that convicts one of them is wrong; or the policy is, and then words of a rule say so.
//
// The one invariant: an entry that may be found has been secured since before it was locked, or since its frames were
// compared. Everything else varies.

import type { JsonValue, RegistrationCache, Subject } from "../../model/contract.ts";
import { invalidate } from "./answering.ts";
import { Chance } from "./chance.ts";
import { flaws, type Flaw } from "./flaws.ts";
import { policyOf, type Policy, type Witness } from "./policy.ts";
import { drawnProfile, plainProfile, type Profile } from "./profile.ts";
import { evictSome, release, settle } from "./releasing.ts";
import { unsecureIfUnused } from "./securing.ts";
import { emptyTables, isIdle, type Tables } from "./tables.ts";
import { deregister, register } from "./using.ts";

const noWitness: Witness = () => {};

/** A random legal policy. The same seed gives the same one, and the same commands the same observations. */
export function legalPolicy(seed: number, witness: Witness = noWitness): Subject {
  return subjectOf(`policy-${seed}`, seed, drawnProfile(seed), witness);
}

/** The policy that does the plain thing at every choice point: it never caches. */
export function plainPolicy(): Subject {
  return subjectOf("plain-policy", 0, plainProfile, noWitness);
}

/** A random policy that also does what no policy may, once in a while. */
export function flawedPolicy(seed: number, flaw: Flaw, odds: number): Subject {
  const profile = drawnProfile(seed);
  return subjectOf(
    `policy-${seed} that ${flaws[flaw]}`,
    seed,
    { ...profile, odds: { ...profile.odds, [flaw]: odds } },
    noWitness,
  );
}

function subjectOf(name: string, seed: number, profile: Profile, witness: Witness): Subject {
  return {
    name,
    capabilities: profile.capabilities,
    create(host): RegistrationCache {
      const chance = new Chance(seed);
      const policy = policyOf(host, profile, { chance, tables: emptyTables(), witness });
      return cacheOf(policy, profile);
    },
  };
}

function cacheOf(policy: Policy, { callback, snapshot }: Profile): RegistrationCache {
  const { chance } = policy;
  const cache: RegistrationCache = {
    register(request) {
      const { start, lengthBytes } = request.range;
      chance.mix(start, lengthBytes, request.socket, request.scope === "local" ? 0 : 1);
      return register(policy, request);
    },
    deregister: (request) => deregister(policy, request),
    closeSocket(socket) {
      settle(policy);
      evictSome(policy);
      const idle = policy.tables.entries.filter(isIdle);
      if (policy.choose("emptiesAtClose")) release(policy, idle);
      else if (policy.choose("releasesAtClose")) {
        release(
          policy,
          idle.filter(({ sockets }) => sockets.every((each) => each === socket)),
        );
      }
    },
    cleanup: () => cleanUp(policy),
  };
  return {
    ...cache,
    ...(callback ? { invalidate: (range) => invalidate(policy, range) } : {}),
    ...(snapshot ? snapshots(policy) : {}),
  };
}

function cleanUp(policy: Policy): void {
  const { tables } = policy;
  release(policy, tables.entries);
  if (policy.choose("triesAgain")) release(policy, tables.entries);
  for (const secure of tables.secures) unsecureIfUnused(policy, secure);
}

/** The tables and where the stream stands: that is all of its state. */
function snapshots(policy: Policy): Required<Pick<RegistrationCache, "snapshot" | "restore">> {
  const { chance } = policy;
  return {
    snapshot: () =>
      structuredClone({ chance: chance.state, tables: policy.tables }) as unknown as JsonValue,
    restore(snapshot): void {
      const { chance: state, tables } = structuredClone(snapshot) as unknown as {
        readonly chance: number;
        readonly tables: Tables;
      };
      chance.state = state;
      policy.tables = tables;
    },
  };
}
