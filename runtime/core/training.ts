/**
 * Twins of a training stand below an enterprise of their own, which no plant has: `training/acme/leipzig/paint/oven1` is
 * the sibling of `acme/leipzig/paint/oven1` that people practise on. What its address says nobody can forget or switch off:
 * sources with a link refuse such a twin, and the actuator refuses such a target.
 */
export const TRAINING_ROOT = "training";

/** Whether an address is a training twin's, or lies below one. */
export const isOfTraining = (address: string): boolean =>
  address === TRAINING_ROOT || address.startsWith(`${TRAINING_ROOT}/`);

/** The address of what a training twin stands for; of anything else its own. */
export const trainedFor = (address: string): string =>
  isOfTraining(address) ? address.slice(TRAINING_ROOT.length + 1) : address;
