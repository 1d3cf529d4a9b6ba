// Whole providers for the tests of the judge, and what they are convicted of.

import { expect } from "vitest";
import example from "../../examples/whole-provider.ts";
import { runStrictly } from "../../gallery/conviction.ts";
import { presets } from "../../model/config.ts";
import type { ProviderHost, ProviderSubject, SanServiceProvider } from "../../model/contract.ts";
import type { Finding } from "../../model/judge.ts";
import type { Command } from "../../model/trace.ts";
import { underTest } from "../../src/kit/subject.ts";

/** The example with some members replaced. */
export function providerWith(
  members: (host: ProviderHost, right: SanServiceProvider) => Partial<SanServiceProvider>,
): ProviderSubject {
  return {
    ...example,
    createProvider(host): SanServiceProvider {
      const right = example.createProvider(host);
      return { ...right, ...members(host, right) };
    },
  };
}

/** What is found at the first event that breaks a rule, or a recommendation. */
export function findings(subject: ProviderSubject, ...program: Command[]): readonly Finding[] {
  const { violation, broken } = runStrictly(underTest(subject), program, presets.small);
  expect(broken).toBeNull();
  return violation ?? [];
}

export const convictions = (subject: ProviderSubject, ...program: Command[]): string[] =>
  findings(subject, ...program).map(({ rule, observed }) => `${rule}: ${observed}`);
