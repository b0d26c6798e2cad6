import "../look/look.ts";

export { default as RungBalance } from "./BalanceScreen.vue";
