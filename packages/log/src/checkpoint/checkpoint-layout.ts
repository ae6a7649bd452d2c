/**
 * Where signed heads and the keys that signed them lie in a log directory.
 *
 *     checkpoint      the newest signed note
 *     checkpoints     every signed note, one behind the other
 *     keys/log.pem    the private key (PKCS8), unless a signer elsewhere keeps it
 *     keys/next.pem   the key that takes over, while a change of keys is under way
 *     keys/log.vkey   every verifier key, a line each, oldest first
 */
export const checkpointPath = "checkpoint";
export const checkpointsPath = "checkpoints";
export const keysFolder = "keys";
export const privateKeyPath = "keys/log.pem";
export const verifierKeysPath = "keys/log.vkey";
export const nextKeyPath = "keys/next.pem";
