// The page's words in English and Chinese. What holds a claim is said in English, as the command line says it.

export const WORDS = {
  title: ['Check a sealed report', '验证封存报告'],
  lead: [
    'Choose the PDF. It is checked in this browser and is not sent anywhere: once loaded, this page makes no request.',
    '请选择 PDF。验证在本浏览器内完成，文件不会发送到任何地方；页面加载后不再发出任何请求。',
  ],
  drop: ['Choose a sealed PDF, or drop it here', '选择封存的 PDF，或拖放到此处'],
  drop_more: [
    "Together with it, if you have them: server.pub, the customer's answer (answer-….json), original photos.",
    '如有，可一并选择：server.pub、客户答复文件（answer-….json）、原始照片。',
  ],
  limits: [
    'A seal proves that nothing was changed since the company sealed it, not that the company was right. Each line says what holds it and how far that goes.',
    '封存只能证明自公司封存以来内容未被更改，并不证明公司所述属实。每一行均注明其依据与证明范围（依据为英文）。',
  ],
  independent: [
    'Whoever does not trust this server either runs the same check from the source code, with no network:',
    '若连本服务器也不信任，可离线运行源代码中的同一验证：',
  ],
  server_keys: [
    "Keys: of this server ({0}), which may be the sealing company's own. To be independent of it, choose a server.pub that you got another way. Company's key {1}, log {2}.",
    '公钥：来自本服务器（{0}），它可能即封存公司自身。如需独立验证，请选择您从其他途径取得的 server.pub。公司密钥 {1}，日志 {2}。',
  ],
  own_keys: ["Keys: of your file {0}. Company's key {1}, log {2}.", '公钥：来自您的文件 {0}。公司密钥 {1}，日志 {2}。'],
  bad_keys: ['The keys cannot be read: {0}', '公钥无法读取：{0}'],
  good: ['Nothing was changed: all {0} claims that can be decided hold.', '未发现更改：可判定的 {0} 项全部成立。'],
  good_more: ['{0} facts are neither proof nor fault; they are marked as such.', '另有 {0} 项为说明，既非证明也非问题，已单独标注。'],
  bad: ['This does not hold: {0} of {1} claims fail.', '验证不成立：{1} 项中有 {0} 项失败。'],
  working: ['Checking {0} …', '正在验证 {0} …'],
  no_pdf: ['Choose the sealed PDF as well.', '请同时选择封存的 PDF。'],
  too_old: [
    'This browser cannot check Ed25519 or ECDSA signatures. Use a current Chrome, Edge, Firefox or Safari, over HTTPS.',
    '此浏览器无法验证 Ed25519 或 ECDSA 签名。请通过 HTTPS 使用新版 Chrome、Edge、Firefox 或 Safari。',
  ],
  ok: ['holds', '成立'],
  fact: ['fact', '说明'],
  fail: ['FAILS', '不成立'],
};

export const STATEMENTS = {
  pdf_seal: '公司的封存覆盖整个 PDF', pdf_timestamp: '封存时间', pdf_record: 'PDF 内含其记录', key_file: '密钥文件含有公司公钥',
  record_form: '记录格式规范且类型已知', proof_form: '证明属于本记录', server_signature: '公司已签署本记录', log_inclusion: '记录在公司日志中',
  checkpoint: '检查点由日志密钥签署', operation_signatures: '每项操作均由其设备签名', operation_order: '操作顺序正确', chain_links: '每项操作均指明前一项',
  chain_gaps: '操作链中的间隔', operation_subjects: '全部内容属于同一次服务', report_hash: '报告与其摘要一致', report_bound: '报告即所出示并签署的报告',
  signature: '客户的决定即所签署的决定', strokes: '手写签名即当时所写', consent: '同意条款即所出示的条款', photo_manifest: '每张照片均经设备签名',
  photos_report: '报告所示照片与记录一致', photo_files: '原始照片文件', times: '服务器时间顺序正确', phone_times: '手机时间', arrival: '到场判定与区间、时段相符',
  amendment: '记录与报告就更正关系一致', modesty: '记录的主张不超出其依据', answer_file: '客户答复可读', answer_form: '答复格式规范且类型已知',
  answer_proof: '证明属于该答复', answer_signature: '公司已签署该答复', answer_log: '答复在公司日志中', answer_checkpoint: '答复的检查点由日志密钥签署',
  answer_record: '答复针对本记录', customer_answer: '客户的答复',
};
