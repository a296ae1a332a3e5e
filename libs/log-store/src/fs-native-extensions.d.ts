/** The one function used of a package that brings no types. */
declare module 'fs-native-extensions' {
  /** Takes an exclusive advisory lock on an open file; `false` where another descriptor holds it. */
  export function tryLock(fd: number): boolean;
}
