import "../look/look.ts";

export { default as RungMaintenance } from "./MaintenanceScreen.vue";
