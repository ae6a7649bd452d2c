/** Whose log it is, in `log.json`, in checkpoints and as the name of the key. */
export const logOrigin = "holdfast";
