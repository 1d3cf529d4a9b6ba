// Every error number and status of the model, in one table. SDK pages name some of them; those marked °
// are what Windows was observed to answer, or our choice where no source names one.

/** Win32 errors, as GetLastError answers them. */
export const win32 = {
  /** A size or an address that does not fit the operation; a range across two regions. */
  ERROR_INVALID_PARAMETER: 87,
  /** ° A secured page: the system call ends with STATUS_INVALID_PAGE_PROTECTION, 0xC0000045. */
  ERROR_INVALID_PAGE_PROTECTION: 998,
  /** The address is not what the operation needs: not free, not reserved, not a base. */
  ERROR_INVALID_ADDRESS: 487,
  /** MapViewOfFileEx: the address is not a multiple of the allocation granularity. */
  ERROR_MAPPED_ALIGNMENT: 1132,
} as const;

export type Win32Error = keyof typeof win32;

/** Exceptions that an access to memory raises. */
export const exceptions = {
  STATUS_ACCESS_VIOLATION: 0xc0000005,
  STATUS_GUARD_PAGE_VIOLATION: 0x80000001,
  STATUS_IN_PAGE_ERROR: 0xc0000006,
  /** ° No frame is free: the kernel's STATUS_NO_MEMORY and STATUS_INSUFFICIENT_RESOURCES, not told apart. */
  STATUS_INSUFFICIENT_RESOURCES: 0xc000009a,
} as const;

/** Bug checks: the machine goes down. */
export const bugChecks = {
  /** An exception left the driver. */
  KMODE_EXCEPTION_NOT_HANDLED: 0x1e,
  /** A process ended with locked pages. */
  PROCESS_HAS_LOCKED_PAGES: 0x76,
  /** ° MmUnsecureVirtualMemory of a handle that is not this process's, or was released before. */
  INVALID_SECURE_HANDLE: 0x1a,
  /** ° MmUnlockPages of an MDL whose pages are not locked. */
  MDL_NOT_LOCKED: 0x4e,
} as const;

export type BugCheck = keyof typeof bugChecks;
