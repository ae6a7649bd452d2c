/**
 * Counts the cuts of one state. A cut is the moment whose history is being written down while more
 * is folded in: whatever changes for the first time since remembers what it was.
 */
export interface CutCount {
  /** number of the latest cut; 0 before the first */
  latest: number;
}
