export { default } from "./TrendChart.vue";
