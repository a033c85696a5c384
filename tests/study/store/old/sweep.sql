PRAGMA application_id = 1146307412;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE design (id INTEGER PRIMARY KEY, params TEXT NOT NULL);
INSERT INTO "design" VALUES(0,'{"behaviour.form":"additive","policies":"none"}');
INSERT INTO "design" VALUES(1,'{"behaviour.form":"additive","policies":"open"}');
INSERT INTO "design" VALUES(2,'{"behaviour.form":"none","policies":"none"}');
INSERT INTO "design" VALUES(3,'{"behaviour.form":"none","policies":"open"}');
CREATE TABLE experiment (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "experiment" VALUES('columns','["left","strength"]');
INSERT INTO "experiment" VALUES('created','"2026-11-26T01:19:39+0000"');
INSERT INTO "experiment" VALUES('fingerprint','{"code":"76f23122523fff90c0f9e36a053548a2b6df8d7ffca5ae851721d6b169af761e","scenario":"14f52f36e656f0174ba32d0a75b73c80c0d980c44ae8a0d4b0d1153bf8a48d93"}');
INSERT INTO "experiment" VALUES('name','"model"');
INSERT INTO "experiment" VALUES('platform','"Linux"');
INSERT INTO "experiment" VALUES('question','""');
INSERT INTO "experiment" VALUES('run','{"on_error":"keep","time_limit":0.0}');
INSERT INTO "experiment" VALUES('shard','"1/1"');
INSERT INTO "experiment" VALUES('spec','{"daily":["left","strength"],"days":3,"design":{"constraints":[],"dummy":false,"kind":"grid","levels":4,"points":0,"rows":[],"seed":0},"measures":["left_total","share_left"],"order":["behaviour.form"],"policies":{"none":[],"open":["fast-track"]},"population":"compiled","replicates":{"at_least":0.0,"chance_of":"","confidence":0.95,"half_width":0.0,"look_ahead":5,"maximum":1000,"measure":"","minimum":10,"number":2,"relative":true,"step":10},"scale":0.05,"scenario":"toy","seed":1,"settings":{},"task":"desertion.study.task.run_task","vary":{"behaviour.form":{"form":"values","log":false,"numbers":[],"steps":0,"values":["additive","none"],"within":[]}}}');
INSERT INTO "experiment" VALUES('spec_sha256','"a47b30d93efb515592f61f99bce4797518618a639b94c772a4fa0e4d8ea692ab"');
INSERT INTO "experiment" VALUES('title','"made before the move"');
INSERT INTO "experiment" VALUES('versions','{"desertion":"0.1.0","machine":"x86_64","mesa":"3.5.1","networkx":"3.7","numba":"0.68.1","numpy":"2.5.5","python":"3.12"}');
CREATE TABLE run (
    design INTEGER NOT NULL REFERENCES design (id),
    replicate INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    seconds REAL NOT NULL,
    worker TEXT NOT NULL,
    finished TEXT NOT NULL,
    scalars TEXT NOT NULL,
    shape TEXT NOT NULL,
    curve_checksum TEXT NOT NULL,
    checksum TEXT NOT NULL,
    error TEXT NOT NULL,
    trace TEXT NOT NULL,
    curve BLOB NOT NULL,
    extras BLOB NOT NULL,
    UNIQUE (design, replicate)
);
INSERT INTO "run" VALUES(0,0,'done',1,3.67313182599991705501e+00,'host:1','2026-11-26T01:19:43+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','2b9a2edaf4409cfa391ee6f77af493a7','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
INSERT INTO "run" VALUES(1,0,'done',1,0.0614159589999872,'host:1','2026-11-26T01:19:43+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','c81a1a7314abf06d057fb10e8c681e70','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
INSERT INTO "run" VALUES(2,0,'done',1,1.91494320001766027417e-02,'host:1','2026-11-26T01:19:43+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','acbce163eb7095ed4f9af217aa68115e','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
INSERT INTO "run" VALUES(3,0,'done',1,3.5776731999931143946e-02,'host:1','2026-11-26T01:19:43+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','598e5144af52f3cd0cd16a978b48a337','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
INSERT INTO "run" VALUES(0,1,'done',1,1.62341180000566964736e-02,'host:1','2026-11-26T01:19:43+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','de82721dc9d79d4dcbd73497219cf844','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
INSERT INTO "run" VALUES(1,1,'done',1,3.58987029999298101756e-02,'host:1','2026-11-26T01:19:43+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','2201a0fccc07aefbcec1d4f0bb8c6dd2','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
INSERT INTO "run" VALUES(2,1,'done',1,2.06793410000045696506e-02,'host:1','2026-11-26T01:19:43+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','106a41abb566546e2080e9c89094d59e','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
INSERT INTO "run" VALUES(3,1,'done',1,2.06576479999966977629e-02,'host:1','2026-11-26T01:19:44+0000','{"left_total":0.0,"share_left":0.0}','4x2','b08ebd2716f1751f362bccf33048156d','dbe2535e251e6f91890c053622a91907','','',X'0000000000007041000000000000704100000000000070410000000000007041',X'');
COMMIT;
