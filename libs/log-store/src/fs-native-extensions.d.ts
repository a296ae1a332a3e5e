/** The one function that is used of a package without types. */
declare module 'fs-native-extensions' {
  /** Takes an exclusive advisory lock on an open file; `false` if another descriptor has it. */
  export function tryLock(fd: number): boolean;
}
