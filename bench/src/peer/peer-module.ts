/**
 * A peer's module. The name is a value to the compiler on purpose: peers are installed in bench/
 * alone and only when somebody measures, so what is used of each is declared beside its use.
 */
export async function peerModule<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}
