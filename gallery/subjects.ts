// The subjects that are right, and that mutants are made of. To add one, add its module to the list.

/** Modules by their paths from the root of the repository; each exports a subject. */
export const subjects: readonly string[] = [
  "examples/uncached.ts",
  "examples/exact-match.ts",
  "examples/proxy-driver.ts",
  "gallery/subjects/registration-cache.ts",
  "gallery/subjects/refusing-cache.ts",
  "gallery/subjects/few-entries.ts",
];
