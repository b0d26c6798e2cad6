import "../look/look.ts";

export { default as RungRecommendation } from "./RecommendationCard.vue";
