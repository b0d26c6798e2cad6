export { default as RungRecommendation } from "./RecommendationCard.vue";
