import { preparedSteps } from "./tour.js";

export default preparedSteps();
