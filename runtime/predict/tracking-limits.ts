import { e170Error, type NodeCheck, type RideCheck } from "./ride-check.ts";

/**
 * Limits of "tracks the plant". Temperatures per node, K (`largestK` is on values whose own noise is averaged out);
 * cure as a share; gas over a shift, %; correlation of an exit's error with the next one's.
 */
export const TRACKING_LIMITS = {
  rmseK: 3,
  biasK: 1.5,
  largestK: 6,
  e170Share: 0.1,
  cvRmsePercent: 15,
  nmbePercent: 5,
  lagOne: 0.2,
} as const;

/**
 * The limits of one ride: a body's mean error may be larger by what its own sheets make it differ from the mean body,
 * which is no fault of the model.
 */
export const rideLimits = ({ oneBodyK }: Pick<NodeCheck, "oneBodyK">) => ({
  rmseK: TRACKING_LIMITS.rmseK,
  biasK: TRACKING_LIMITS.biasK + oneBodyK,
  largestK: TRACKING_LIMITS.largestK + oneBodyK,
  e170Share: TRACKING_LIMITS.e170Share,
});

/** Whether a ride was told within the limits: metal and cure of every node. */
export function tellsCure({ nodes }: RideCheck): boolean {
  return nodes.every((node) => {
    const limits = rideLimits(node);
    return (
      node.rmseK <= limits.rmseK &&
      Math.abs(node.biasK) <= limits.biasK &&
      node.largestK <= limits.largestK &&
      Math.abs(e170Error(node)) <= limits.e170Share
    );
  });
}
