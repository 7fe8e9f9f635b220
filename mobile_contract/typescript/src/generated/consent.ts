/** Generated from mobile_contract by `npm run generate`; do not edit. */
/** What the customer confirms, by language. */
export const CONSENT: Readonly<Record<string, string>> = {
  "de": "Ich habe diesen Bericht gelesen. Ich bestätige die Arbeiten, die Ersatzteile und die Kosten, die er nennt.",
  "en": "I have read this report. I confirm the work, the parts and the charges that it states.",
  "zh-CN": "本人已阅读本报告，确认其中所列的工作内容、更换配件及费用。"
};
