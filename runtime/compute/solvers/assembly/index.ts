export { heatSlab } from "./heat-slab";
export { heatPlate } from "./heat-plate";
export { airflow, airflowMoments } from "./airflow";
export { networkFree, networkCoupled } from "./network";
export { distanceField } from "./distance-field";
export { fieldScreening } from "./field-screening";
export { summaryF32, summaryF64, binsF32, binsF64, digitsF32, digitsF64 } from "./reductions";
