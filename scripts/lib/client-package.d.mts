export function buildClientPackage(): Promise<string>;
