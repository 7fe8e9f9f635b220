/* @cantoo/pdf-lib 2.11.1 (MIT) with fflate and tslib; made by web/verify/build.mjs */
function Nt(r,t,e,n){function o(i){return i instanceof e?i:new e(function(s){s(i)})}return new(e||(e=Promise))(function(i,s){function f(h){try{u(n.next(h))}catch(d){
s(d)}}function l(h){try{u(n.throw(h))}catch(d){s(d)}}function u(h){h.done?i(h.value):o(h.value).then(f,l)}u((n=n.apply(r,t||[])).next())})}var En="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",oi=new Uint8Array(256);for(let r=0;r<En.length;r++)oi[En.charCodeAt(r)]=r;var y=r=>r.charCodeAt(0);var Ur=(r,t)=>at(r.toString(16),t,"0").toUpperCase(),rr=r=>Ur(r,2),st=r=>String.fromCharCode(r),Wr=r=>st(parseInt(r,16)),at=(r,t,e)=>{let n="";for(let o=0,i=t-r.
length;o<i;o++)n+=e;return n+r};var E=(r,t,e)=>{let n=r.length;for(let o=0;o<n;o++)t[e++]=r.charCodeAt(o);return n};var ii=/^D:(\d\d\d\d)(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?([+\-Z])?(\d\d)?'?(\d\d)?'?$/,nr=r=>{let t=r.match(ii);if(!t)return;let[,e,n="01",o="01",i="00",s="00",f="\
00",l="Z",u="00",h="00"]=t,d=l==="Z"?"Z":`${l}${u}:${h}`;return new Date(`${e}-${n}-${o}T${i}:${s}:${f}${d}`)},Nn=(r,t)=>{var e;let n=0,o;for(;n<r.length;){let i=r.
substring(n).match(t);if(!i)return{match:o,pos:n};o=i,n+=((e=i.index)!==null&&e!==void 0?e:0)+i[0].length}return{match:o,pos:n}};var Hr=r=>{if(r instanceof Uint8Array)return r;let t=r.length,e=new Uint8Array(t);for(let n=0;n<t;n++)e[n]=r.charCodeAt(n);return e};var ae=r=>{let t="";for(let e=0,n=r.length;e<n;e++)t+=st(r[e]);return t};var zn=[];for(let r=0;r<=255;++r)zn[r]=r.toString(16).padStart(2,"0");var Ln=r=>{let t=new Array(r.length);for(let e=0;e<r.length;++e)t[e]=zn[r[e]];return t.join(
"")};var or=()=>new Promise(r=>{setTimeout(()=>r(),0)});var Wn=(r,t=!0)=>{let e=[];t&&e.push(65279);for(let n=0,o=r.length;n<o;){let i=r.codePointAt(n);if(i<65536)e.push(i),n+=1;else if(i<1114112)e.push(si(i),ai(i)),
n+=2;else throw new Error(`Invalid code point: 0x${rr(i)}`)}return new Uint16Array(e)};var si=r=>Math.floor((r-65536)/1024)+55296,ai=r=>(r-65536)%1024+56320,Pt;(function(r){r.BigEndian="BigEndian",r.LittleEndian="LittleEndian"})(Pt||(Pt={}));var pe="\
\uFFFD".codePointAt(0),ir=(r,t=!0)=>{if(r.length<=1)return String.fromCodePoint(pe);let e=t?fi(r):Pt.BigEndian,n=t?2:0,o=[];for(;r.length-n>=2;){let i=Un(r[n++],
r[n++],e);if(ci(i))if(r.length-n<2)o.push(pe);else{let s=Un(r[n++],r[n++],e);Mn(s)?o.push(i,s):o.push(pe)}else Mn(i)?(n+=2,o.push(pe)):o.push(i)}return n<r.length&&
o.push(pe),String.fromCodePoint(...o)},ci=r=>r>=55296&&r<=56319,Mn=r=>r>=56320&&r<=57343,Un=(r,t,e)=>{if(e===Pt.LittleEndian)return t<<8|r;if(e===Pt.BigEndian)return r<<
8|t;throw new Error(`Invalid byteOrder: ${e}`)},fi=r=>Hn(r)?Pt.BigEndian:Kn(r)?Pt.LittleEndian:Pt.BigEndian,Hn=r=>r[0]===254&&r[1]===255,Kn=r=>r[0]===255&&r[1]===
254,sr=r=>Hn(r)||Kn(r);var Vn=r=>{let t=String(r);if(Math.abs(r)<1){let e=parseInt(r.toString().split("e-")[1]);if(e){let n=r<0;n&&(r*=-1),r*=Math.pow(10,e-1),t="0."+new Array(e).join(
"0")+r.toString().substring(2),n&&(t="-"+t)}}else{let e=parseInt(r.toString().split("+")[1]);e>20&&(e-=20,r/=Math.pow(10,e),t=r.toString()+new Array(e+1).join("\
0"))}return t};var Y=Uint8Array,ct=Uint16Array,Jr=Int32Array,ar=new Y([0,0,0,0,0,0,0,0,1,1,1,1,2,2,2,2,3,3,3,3,4,4,4,4,5,5,5,5,0,0,0,0]),cr=new Y([0,0,0,0,1,1,2,2,3,3,4,4,5,5,
6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,0,0]),qr=new Y([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),Zn=function(r,t){for(var e=new ct(31),n=0;n<31;++n)e[n]=
t+=1<<r[n-1];for(var o=new Jr(e[30]),n=1;n<30;++n)for(var i=e[n];i<e[n+1];++i)o[i]=i-e[n]<<5|n;return{b:e,r:o}},$n=Zn(ar,2),Jn=$n.b,Xr=$n.r;Jn[28]=258,Xr[258]=28;
var Qn=Zn(cr,0),li=Qn.b,Gn=Qn.r,Zr=new ct(32768);for(P=0;P<32768;++P)vt=(P&43690)>>1|(P&21845)<<1,vt=(vt&52428)>>2|(vt&13107)<<2,vt=(vt&61680)>>4|(vt&3855)<<4,Zr[P]=
((vt&65280)>>8|(vt&255)<<8)>>1;var vt,P,gt=(function(r,t,e){for(var n=r.length,o=0,i=new ct(t);o<n;++o)r[o]&&++i[r[o]-1];var s=new ct(t);for(o=1;o<t;++o)s[o]=s[o-
1]+i[o-1]<<1;var f;if(e){f=new ct(1<<t);var l=15-t;for(o=0;o<n;++o)if(r[o])for(var u=o<<4|r[o],h=t-r[o],d=s[r[o]-1]++<<h,m=d|(1<<h)-1;d<=m;++d)f[Zr[d]>>l]=u}else
for(f=new ct(n),o=0;o<n;++o)r[o]&&(f[o]=Zr[s[r[o]-1]++]>>15-r[o]);return f}),Ft=new Y(288);for(P=0;P<144;++P)Ft[P]=8;var P;for(P=144;P<256;++P)Ft[P]=9;var P;for(P=
256;P<280;++P)Ft[P]=7;var P;for(P=280;P<288;++P)Ft[P]=8;var P,ge=new Y(32);for(P=0;P<32;++P)ge[P]=5;var P,ui=gt(Ft,9,0),hi=gt(Ft,9,1),di=gt(ge,5,0),pi=gt(ge,5,1),
Kr=function(r){for(var t=r[0],e=1;e<r.length;++e)r[e]>t&&(t=r[e]);return t},ht=function(r,t,e){var n=t/8|0;return(r[n]|r[n+1]<<8)>>(t&7)&e},Vr=function(r,t){var e=t/
8|0;return(r[e]|r[e+1]<<8|r[e+2]<<16)>>(t&7)},Qr=function(r){return(r+7)/8|0},Yn=function(r,t,e){return(t==null||t<0)&&(t=0),(e==null||e>r.length)&&(e=r.length),
new Y(r.subarray(t,e))};var mi=["unexpected EOF","invalid block type","invalid length/literal","invalid distance","stream finished","no stream handler",,"no callback","invalid UTF-8 da\
ta","extra field too long","date not in range 1980-2099","filename too long","stream finishing","invalid zip data"],dt=function(r,t,e){var n=new Error(t||mi[r]);
if(n.code=r,Error.captureStackTrace&&Error.captureStackTrace(n,dt),!e)throw n;return n},xi=function(r,t,e,n){var o=r.length,i=n?n.length:0;if(!o||t.f&&!t.l)return e||
new Y(0);var s=!e,f=s||t.i!=2,l=t.i;s&&(e=new Y(o*3));var u=function(he){var de=e.length;if(he>de){var se=new Y(Math.max(de*2,he));se.set(e),e=se}},h=t.f||0,d=t.
p||0,m=t.b||0,w=t.l,O=t.d,S=t.m,B=t.n,M=o*8;do{if(!w){h=ht(r,d,1);var L=ht(r,d+1,3);if(d+=3,L)if(L==1)w=hi,O=pi,S=9,B=5;else if(L==2){var _=ht(r,d,31)+257,X=ht(
r,d+10,15)+4,T=_+ht(r,d+5,31)+1;d+=14;for(var D=new Y(T),Z=new Y(19),K=0;K<X;++K)Z[qr[K]]=ht(r,d+K*3,7);d+=X*3;for(var Q=Kr(Z),kt=(1<<Q)-1,nt=gt(Z,Q,1),K=0;K<T;){
var tt=nt[ht(r,d,kt)];d+=tt&15;var j=tt>>4;if(j<16)D[K++]=j;else{var $=0,N=0;for(j==16?(N=3+ht(r,d,3),d+=2,$=D[K-1]):j==17?(N=3+ht(r,d,7),d+=3):j==18&&(N=11+ht(
r,d,127),d+=7);N--;)D[K++]=$}}var et=D.subarray(0,_),J=D.subarray(_);S=Kr(et),B=Kr(J),w=gt(et,S,1),O=gt(J,B,1)}else dt(1);else{var j=Qr(d)+4,C=r[j-4]|r[j-3]<<8,
U=j+C;if(U>o){l&&dt(0);break}f&&u(m+C),e.set(r.subarray(j,U),m),t.b=m+=C,t.p=d=U*8,t.f=h;continue}if(d>M){l&&dt(0);break}}f&&u(m+131072);for(var ue=(1<<S)-1,lt=(1<<
B)-1,bt=d;;bt=d){var $=w[Vr(r,d)&ue],ot=$>>4;if(d+=$&15,d>M){l&&dt(0);break}if($||dt(2),ot<256)e[m++]=ot;else if(ot==256){bt=d,w=null;break}else{var it=ot-254;if(ot>
264){var K=ot-257,z=ar[K];it=ht(r,d,(1<<z)-1)+Jn[K],d+=z}var xt=O[Vr(r,d)&lt],oe=xt>>4;xt||dt(3),d+=xt&15;var J=li[oe];if(oe>3){var z=cr[oe];J+=Vr(r,d)&(1<<z)-1,
d+=z}if(d>M){l&&dt(0);break}f&&u(m+131072);var ie=m+it;if(m<J){var tr=i-J,er=Math.min(J,ie);for(tr+m<0&&dt(3);m<er;++m)e[m]=n[tr+m]}for(;m<ie;++m)e[m]=e[m-J]}}t.
l=w,t.p=bt,t.b=m,t.f=h,w&&(h=1,t.m=S,t.d=O,t.n=B)}while(!h);return m!=e.length&&s?Yn(e,0,m):e.subarray(0,m)},wt=function(r,t,e){e<<=t&7;var n=t/8|0;r[n]|=e,r[n+
1]|=e>>8},me=function(r,t,e){e<<=t&7;var n=t/8|0;r[n]|=e,r[n+1]|=e>>8,r[n+2]|=e>>16},Gr=function(r,t){for(var e=[],n=0;n<r.length;++n)r[n]&&e.push({s:n,f:r[n]});
var o=e.length,i=e.slice();if(!o)return{t:to,l:0};if(o==1){var s=new Y(e[0].s+1);return s[e[0].s]=1,{t:s,l:1}}e.sort(function(U,_){return U.f-_.f}),e.push({s:-1,
f:25001});var f=e[0],l=e[1],u=0,h=1,d=2;for(e[0]={s:-1,f:f.f+l.f,l:f,r:l};h!=o-1;)f=e[e[u].f<e[d].f?u++:d++],l=e[u!=h&&e[u].f<e[d].f?u++:d++],e[h++]={s:-1,f:f.f+
l.f,l:f,r:l};for(var m=i[0].s,n=1;n<o;++n)i[n].s>m&&(m=i[n].s);var w=new ct(m+1),O=$r(e[h-1],w,0);if(O>t){var n=0,S=0,B=O-t,M=1<<B;for(i.sort(function(_,X){return w[X.
s]-w[_.s]||_.f-X.f});n<o;++n){var L=i[n].s;if(w[L]>t)S+=M-(1<<O-w[L]),w[L]=t;else break}for(S>>=B;S>0;){var j=i[n].s;w[j]<t?S-=1<<t-w[j]++-1:++n}for(;n>=0&&S;--n){
var C=i[n].s;w[C]==t&&(--w[C],++S)}O=t}return{t:new Y(w),l:O}},$r=function(r,t,e){return r.s==-1?Math.max($r(r.l,t,e+1),$r(r.r,t,e+1)):t[r.s]=e},qn=function(r){
for(var t=r.length;t&&!r[--t];);for(var e=new ct(++t),n=0,o=r[0],i=1,s=function(l){e[n++]=l},f=1;f<=t;++f)if(r[f]==o&&f!=t)++i;else{if(!o&&i>2){for(;i>138;i-=138)
s(32754);i>2&&(s(i>10?i-11<<5|28690:i-3<<5|12305),i=0)}else if(i>3){for(s(o),--i;i>6;i-=6)s(8304);i>2&&(s(i-3<<5|8208),i=0)}for(;i--;)s(o);i=1,o=r[f]}return{c:e.
subarray(0,n),n:t}},xe=function(r,t){for(var e=0,n=0;n<t.length;++n)e+=r[n]*t[n];return e},_n=function(r,t,e){var n=e.length,o=Qr(t+2);r[o]=n&255,r[o+1]=n>>8,r[o+
2]=r[o]^255,r[o+3]=r[o+1]^255;for(var i=0;i<n;++i)r[o+i+4]=e[i];return(o+4+n)*8},Xn=function(r,t,e,n,o,i,s,f,l,u,h){wt(t,h++,e),++o[256];for(var d=Gr(o,15),m=d.
t,w=d.l,O=Gr(i,15),S=O.t,B=O.l,M=qn(m),L=M.c,j=M.n,C=qn(S),U=C.c,_=C.n,X=new ct(19),T=0;T<L.length;++T)++X[L[T]&31];for(var T=0;T<U.length;++T)++X[U[T]&31];for(var D=Gr(
X,7),Z=D.t,K=D.l,Q=19;Q>4&&!Z[qr[Q-1]];--Q);var kt=u+5<<3,nt=xe(o,Ft)+xe(i,ge)+s,tt=xe(o,m)+xe(i,S)+s+14+3*Q+xe(X,Z)+2*X[16]+3*X[17]+7*X[18];if(l>=0&&kt<=nt&&kt<=
tt)return _n(t,h,r.subarray(l,l+u));var $,N,et,J;if(wt(t,h,1+(tt<nt)),h+=2,tt<nt){$=gt(m,w,0),N=m,et=gt(S,B,0),J=S;var ue=gt(Z,K,0);wt(t,h,j-257),wt(t,h+5,_-1),
wt(t,h+10,Q-4),h+=14;for(var T=0;T<Q;++T)wt(t,h+3*T,Z[qr[T]]);h+=3*Q;for(var lt=[L,U],bt=0;bt<2;++bt)for(var ot=lt[bt],T=0;T<ot.length;++T){var it=ot[T]&31;wt(t,
h,ue[it]),h+=Z[it],it>15&&(wt(t,h,ot[T]>>5&127),h+=ot[T]>>12)}}else $=ui,N=Ft,et=di,J=ge;for(var T=0;T<f;++T){var z=n[T];if(z>255){var it=z>>18&31;me(t,h,$[it+257]),
h+=N[it+257],it>7&&(wt(t,h,z>>23&31),h+=ar[it]);var xt=z&31;me(t,h,et[xt]),h+=J[xt],xt>3&&(me(t,h,z>>5&8191),h+=cr[xt])}else me(t,h,$[z]),h+=N[z]}return me(t,h,
$[256]),h+N[256]},gi=new Jr([65540,131080,131088,131104,262176,1048704,1048832,2114560,2117632]),to=new Y(0),yi=function(r,t,e,n,o,i){var s=i.z||r.length,f=new Y(
n+s+5*(1+Math.ceil(s/7e3))+o),l=f.subarray(n,f.length-o),u=i.l,h=(i.r||0)&7;if(t){h&&(l[0]=i.r>>3);for(var d=gi[t-1],m=d>>13,w=d&8191,O=(1<<e)-1,S=i.p||new ct(32768),
B=i.h||new ct(O+1),M=Math.ceil(e/3),L=2*M,j=function(Mr){return(r[Mr]^r[Mr+1]<<M^r[Mr+2]<<L)&O},C=new Jr(25e3),U=new ct(288),_=new ct(32),X=0,T=0,D=i.i||0,Z=0,K=i.
w||0,Q=0;D+2<s;++D){var kt=j(D),nt=D&32767,tt=B[kt];if(S[nt]=tt,B[kt]=nt,K<=D){var $=s-D;if((X>7e3||Z>24576)&&($>423||!u)){h=Xn(r,l,0,C,U,_,T,Z,Q,D-Q,h),Z=X=T=0,
Q=D;for(var N=0;N<286;++N)U[N]=0;for(var N=0;N<30;++N)_[N]=0}var et=2,J=0,ue=w,lt=nt-tt&32767;if($>2&&kt==j(D-lt))for(var bt=Math.min(m,$)-1,ot=Math.min(32767,D),
it=Math.min(258,$);lt<=ot&&--ue&&nt!=tt;){if(r[D+et]==r[D+et-lt]){for(var z=0;z<it&&r[D+z]==r[D+z-lt];++z);if(z>et){if(et=z,J=lt,z>bt)break;for(var xt=Math.min(
lt,z-2),oe=0,N=0;N<xt;++N){var ie=D-lt+N&32767,tr=S[ie],er=ie-tr&32767;er>oe&&(oe=er,tt=ie)}}}nt=tt,tt=S[nt],lt+=nt-tt&32767}if(J){C[Z++]=268435456|Xr[et]<<18|Gn[J];
var he=Xr[et]&31,de=Gn[J]&31;T+=ar[he]+cr[de],++U[257+he],++_[de],K=D+et,++X}else C[Z++]=r[D],++U[r[D]]}}for(D=Math.max(D,K);D<s;++D)C[Z++]=r[D],++U[r[D]];h=Xn(
r,l,u,C,U,_,T,Z,Q,D-Q,h),u||(i.r=h&7|l[h/8|0]<<3,h-=7,i.h=B,i.p=S,i.i=D,i.w=K)}else{for(var D=i.w||0;D<s+u;D+=65535){var se=D+65535;se>=s&&(l[h/8|0]=u,se=s),h=_n(
l,h+1,r.subarray(D,se))}i.i=s}return Yn(f,0,n+Qr(h)+o)};var eo=function(){var r=1,t=0;return{p:function(e){for(var n=r,o=t,i=e.length|0,s=0;s!=i;){for(var f=Math.min(s+2655,i);s<f;++s)o+=n+=e[s];n=(n&65535)+15*(n>>16),
o=(o&65535)+15*(o>>16)}r=n,t=o},d:function(){return r%=65521,t%=65521,(r&255)<<24|(r&65280)<<8|(t&255)<<8|t>>8}}},bi=function(r,t,e,n,o){if(!o&&(o={l:1},t.dictionary)){
var i=t.dictionary.subarray(-32768),s=new Y(i.length+r.length);s.set(i),s.set(r,i.length),r=s,o.w=i.length}return yi(r,t.level==null?6:t.level,t.mem==null?o.l?Math.
ceil(Math.max(8,Math.min(13,Math.log(r.length)))*1.5):20:12+t.mem,e,n,o)};var ro=function(r,t,e){for(;e;++t)r[t]=e,e>>>=8};var vi=function(r,t){var e=t.level,n=e==0?0:e<6?1:e==9?3:2;if(r[0]=120,r[1]=n<<6|(t.dictionary&&32),r[1]|=31-(r[0]<<8|r[1])%31,t.dictionary){var o=eo();o.p(t.dictionary),
ro(r,2,o.d())}},wi=function(r,t){return((r[0]&15)!=8||r[0]>>4>7||(r[0]<<8|r[1])%31)&&dt(6,"invalid zlib data"),(r[1]>>5&1)==+!t&&dt(6,"invalid zlib data: "+(r[1]&
32?"need":"unexpected")+" dictionary"),(r[1]>>3&4)+2};function fr(r,t){t||(t={});var e=eo();e.p(r);var n=bi(r,t,t.dictionary?6:2,4);return vi(n,t),ro(n,n.length-4,e.d()),n}function no(r,t){return xi(r.subarray(wi(r,t&&t.dictionary),-4),{i:2},t&&t.out,t&&t.dictionary)}var Si=typeof TextDecoder<"u"&&new TextDecoder,Di=0;try{Si.decode(to,{stream:!0}),Di=1}catch{}var oo="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",ye=new Uint8Array(256);for(let r=0;r<oo.length;r++)ye[oo.charCodeAt(r)]=r;var Ai=r=>{let t=r.
length*.75,e=r.length,n,o=0,i,s,f,l;r[r.length-1]==="="&&(t--,r[r.length-2]==="="&&t--);let u=new Uint8Array(t);for(n=0;n<e;n+=4)i=ye[r.charCodeAt(n)],s=ye[r.charCodeAt(
n+1)],f=ye[r.charCodeAt(n+2)],l=ye[r.charCodeAt(n+3)],u[o++]=i<<2|s>>4,u[o++]=(s&15)<<4|f>>2,u[o++]=(f&3)<<6|l&63;return u},Bi=r=>{let t="";for(let e=0;e<r.length;e++)
t+=String.fromCharCode(r[e]);return t},lr=r=>Bi(no(Ai(r))),io=(r,t,e)=>{let n="";for(let o=0,i=t-r.length;o<i;o++)n+=e;return n+r};var so="";var ao="";var co="";var fo="";var lo="";var uo="";var ho="";var po="";var mo="";var xo="";var go="";var yo="";var bo="";var vo="";var Ui={Courier:fo,"Courier-Bold":so,"Courier-Oblique":co,"Courier-BoldOblique":ao,Helvetica:po,"Helvetica-Bold":lo,"Helvetica-Oblique":ho,"Helvetica-BoldObliqu\
e":uo,"Times-Roman":yo,"Times-Bold":mo,"Times-Italic":go,"Times-BoldItalic":xo,Symbol:bo,ZapfDingbats:vo},ur;(function(r){r.Courier="Courier",r.CourierBold="Cou\
rier-Bold",r.CourierOblique="Courier-Oblique",r.CourierBoldOblique="Courier-BoldOblique",r.Helvetica="Helvetica",r.HelveticaBold="Helvetica-Bold",r.HelveticaOblique=
"Helvetica-Oblique",r.HelveticaBoldOblique="Helvetica-BoldOblique",r.TimesRoman="Times-Roman",r.TimesRomanBold="Times-Bold",r.TimesRomanItalic="Times-Italic",r.
TimesRomanBoldItalic="Times-BoldItalic",r.Symbol="Symbol",r.ZapfDingbats="ZapfDingbats"})(ur||(ur={}));var wo={},hr=class{constructor(){this.getWidthOfGlyph=t=>this.
CharWidths[t],this.getXAxisKerningForPair=(t,e)=>(this.KernPairXAmounts[t]||{})[e]}};hr.load=r=>{let t=wo[r];if(t)return t;let e=lr(Ui[r]),n=Object.assign(new hr,
JSON.parse(e));return n.CharWidths=n.CharMetrics.reduce((o,i)=>(o[i.N]=i.WX,o),{}),n.KernPairXAmounts=n.KernPairs.reduce((o,[i,s,f])=>(o[i]||(o[i]={}),o[i][s]=f,
o),{}),wo[r]=n,n};var So="eJztWk2T47YR/S9znoNIfVG+bZxJsvnwOLY3iZ3KgSNxNMxKokxJuzvr8n/P+2iA1NhbZZevuagKDxT40AC6+zXxw83pef/Q7W4+++FmWt589u9peXtzOtbr5uY/tzfTKZHp7U3zYb2r94LmhOa3N4fL\
/qHpT+32IHhJeHl7c2z6dXM4C6uIVbc39R7oqT5siM4mQGcTPFn3zWHXPOrZWUG0CLRvt0+GSWAGAsfd5SRgRmB2e7Pu9vtayILIQm9uO7+CZGYgc9rVpychpDIDlY9N3wlYEVjd3nQHzXROVnOwOr9X/5x85uBz\
fuobP0HrzGGdx+7SCyC3Obg9tu/8BLnNwe3UflCbpprDVKfmXSMrzcl1Dq5NmuCcVOegemiDCJnOwXTd7Tr/iVTnoHpq9m1GFyS8AOFdc5JlFmS8AOPm+0u9E0LGCzDe9k19bkR6QdILkP7+0pzOrcda8a8r/PWh\
r9dvm3NalBUfXuHhwPOyrDizFWZ2OWywsuuuF/ei5B/w6380aZyipGXwC7wWjaLkCPiNJ/PIheZ1tQmLJedRFjDbrtu263p36PzskubE7+3NpsEc42laFL/eM/v24I1TVJxkMYEd9xcCZSEKFUy4v+zO7XH3LFib\
p6jAddO+azcadDYhhWKBNz3uur4Nq8mWmMKr3fFJe3FVcKJ87HfNORC+ZQnb/rGODbsqSHuBJf59s0tP8aULcLs7ntpY4VXBrbACv+/yYNwKSxjnLoCS1qow+jdP6ZmS81xiCV53CSH5JXj+pT4eAyJ1Gu6v9f5h\
Exi5025/k31WWqIlaH4RbdKu0P5X6zY5L8H5HtuyD84lOdOmX8ZDZFyB8VdPOlerKelVoPd1uw17yO/Q4N/UfpPcTgXCb0bWmIoeR37y0PJEC/D9PAEiCEJfngIgwwpP3O+brd81084FVOc1kwNZYV4PyYTeAhOQ\
3OZFkwcpJnj/Jq+anEgx4ZkbEZUrKUrM+WMaUN6kmGCKGdGGKvCKc145OZRignm3aenkUooJ+L7Naye3UkxAGC45LZ48y2h3r+RYigJ8DwFoAiWAD7aO/EpRgH03WkCdv6IA+6Mfk18pCnDvYwnlVypsHjj/fV0Y\
E/eCzi6v60LkeW7PsbALUS8wncvIYAtz5ytjJRckv8Jk1gkwecaHWNuF2dOD58XV0V+CqWxqYkv9k34xNpPh8AYMG09tQF4S2FUjCqxK7fqCG/bhsts1cjxVOZWVeBia3a7FwPIxVTmzn8BU6HjOch5AZRwepVOz\
7hwGq9KWXoDuI1xg8sXV1Gaja7+7OFhVMxuOrvg1Hn57dgSqZnKNBT3x+6aFJz73taMBukR8heG/uvpLpVMyPhTVfCJrrEC73jVHRcxqvtLY9DZ133fvkzNHh6cDMuq4HAMWb5pfcHbp6BF7eiD1bLr3nup8ZQeO\
xVHHQ3f2uxdyGwVD0ho9bb1t+gYz8N8W2uwlt7LHe8DCBLmF9n3JnZL6gt9CB6DkuUw9A8WFDkPJyJU6M8uFFqrkVkt9mehywklPMefLAVkAkhxFXuDeNtzTdX9u692mfXyMLqVKTAI+tKczciX0Ro9nzV21P56f\
T7HbloVi/ThgAOOSlTzw277etJFyAVew5MZG+N0PMNespCNB8LzuUULH9OKyfjo/1QmWQeigjn23uawDVnQpSz0O15h37VJBZoYlzhEXmNb9Jzt8qcgx40Jg/n17eouBwp46WKW8DWaFWB+wthwDHdgcO1i0O+Q+\
nxe6zcNje2jPiuPAtUvoJ+vDduejuNRRLOmBIpeIrBQ9HKbk8Y+ezgdmqZBR0Bu1B9DFER5mothRMipg/TOoLcj58Q9YniCqbctDBvfUN4+RNFVLH/hSDnXf7pwhVcul0guluodtf8kL5oPNE4yQ0Hcfcr5XVRO7\
JWbnWOURrvNNlw2wfYdDfnBuhS5bD+vMRHL8Hx9abTClj6M+mbxkPONywCaXh7RZK4XlkkEx9fEn99pgeB0YXv1Np5PBD6bZNR+u+rQXGSBS33hIh03G9HXbr+G/QiqgxyuHabtnnOdVlSII/SMGOzYH7LZLsv1K\
BkOGiGjfnfPuXMklwp0PK3u2c1nJJ5bc/6nnwZnyxEMx09U2zLn1RDllSc2jjiG5XixlXqbLu+5jc9hqqRCf7GCx2ZAbOzEFqDjPNGi9uzwEJj/CdPKpgfcx6JBFL7Jp631EocUUQUVTpavtjs9icQIZOSt2+1jg\
pX2zpb+C4Ue9WmxmC4g8m2Zf929H3UultbR/HOZGuogdisrM1eRS4TnPQ5+9YPLuT8i3P+ZOJbwIyiM69cH6B502NW2RpzLqlb1LGGDgOuqVGaZjXeq1ZZ9sME3qlH0DIVmAgiX3eeXZp81O/TwSVsOochOMHaPe\
YVydBwrtUe8wsk4Eg0gWWnlcu1Bq8dy3b2O1l0q/S4ry3JkHVR5eMhSoL1OR8y0putPeHrpkGanvrNsHIjINdfjQOfxTtqEkHzoHJvagwSQpz2Fg2YZqfdw9DC3jULyPu/PgKkCUVPKD9MxDqw5RUtUPnYP1lN6V\
lPhDL8f9Ebl+fXzctIftQ30+3fxsMeVnpG0kTQqzNZLUUVakGAhsGpgsQocEbKYTPVWod4KGvD6wITdDuhzYkJhBlgQ2pGRU7caynAaW3pHVNLB5YDq8TGeBLQLToWW0ALY0prMqgQ2sCsyRiE6vwCa2dHDizecQ\
86wTrEJID+HOIsEQ2SHPt580RHJI8w1ZkpHbMpRJZSVEasj6pQm0o2U47FEhWlmemdoTXyp2KEdBpmVENSRb9sohazLI3cb+WMbJz9k4MgRyubE7lsHiDatKqZjeEABXhB6i9kgrzYVOoUY4DEhVNprFtluttM1I\
wHNbqbzDY403maUDGYtwgGw5RzBFI1g0IJXWtG/S2MrctGtsJ7yfiPZMep1Ka9oxWjqIZuUlPOuwk54ipoqfWOl1hFRiEyuRIqQim1iJOiGV2bgy3vSEVGmj4bznCanUJtPJUIRUa5PxNB1CqraRvTc8IZXbSN/7\
HZDyb9bkam93QqoPkr13OyGV28jem52QUjiyz/9TgYjk899UxiD3/C/Vh0g9TdnlIZk9TVmHkJWm2seIEJkzE6ixuQzpCGozwvEHpDohmePcBaQCEZnjYASkE0LmcPEBqR5EovDdAZGpHAs8dkDS4KQKLx0Qqcqt\
wDMHpEKWjluiqgMhpwIfHJBKWaSK4xmQag+kikw+IFWLSBUpfEC0MsVXjeQ9ILKnjK+RswckJUz2yNgDUsWI7FHvCUgVLbJHuScgFbXIHn7KkIIK6wE1aj0BqdJF9ij2BET2ymyQtAakGivZo9YTENlLjMMJBaSy\
FdlDRAQkNUH2kLwBKd0ie/iqgFRDJHso3ICU95I9XKohuVvqztoxiJBqwmSPck9A8tMUO7XDEjHXrLTFE/8oWnECqFsE5qIVZ4ByT2Cu+3AKKPgE5tIb54CaT2AuvXESyNkDs5+X60+zcKWKkrhGXSQw16XID1l1\
YK5L2YOkiURpigSXibQLUwrEEDsBRtBRhElsXIZRQQJVpMBcC+ebq/QSJfYqDdZVHs+VcL4Y3jUwvZgCoIZ/DUyWkY6Ahw3MZTF5X/hYgy5tyetgYRKYC1MAE0XwCu0HMHEEsRDtABNJRSZpbIBp/RSdVBQHmKg7\
2soLIQwb5BujGoJIEjz5xqisAQyefGNU3wEGT8aMkLUAgydphKYFGDxJI2njwqGdoMWGwk9yXYzXSYEUyXkxOCfpUST3xegctSiAYXmG9lQxK5ILw+4RqBklJ4btI1AzSm4MmY1AB9I0I+dfOqxFcmWMxaFuAaYZ\
OQPTgS2SO2NsjzoFwDQj6yWd2SK5NCaGIdEBphlZHunUFsmt+YOO5DrANCPLIZ3bIrk2f9CRfgeYZmQBpJNbJPfG9DBKUQDTjCx3lLcVycUxQYwaF8A0o6gQaUbJzXH/hIgFmGZkPaNzztw7QCfXooT8JkBn185Z\
EiWrDB10LHQCXRYTpeTIuAFSPRI7P4EWo6KUXBk3QKpBIvdLoIwsD4AkMYG5BgAwWV5hwLUEfhUL0NVQzcj5M0GXQT2j/KQroJpR8obcAFHRA5jmroAgNQwwTVMhQTIYYJqmgoL0L8A0TUUFCV+AaZoKC9K7sGfi\
qbggmYucL83d9V3ltNjPCbRc1oycxxO0SlZqlhwgN0DoWDyZ5q7g4GoLdn4CXYIR+eSkKbmiyAMwWUkxQxoYlNLcFTNU9MGTyXQKGpLEeDL/3YJW5JNH564ICYy/JyOrKiXpiyfTmIo5Erx4Mr0duyJkLsA0pr+V\
KjuGc0ugZqT8GM4tgZqRMmQ4N4IQuPbJ2iH+NzEHLTLyn4nJf2l/eCmJyX1pe3jexOS9tDuGd8h5aXP4WBGT77LSsUJgIUjeWHvD1iUmZ6ytAb+SQDljbQ3bkZhmop1hixHTTLQxbDBimomkkM1NTDPRXqGLgLp/\
3x7g4fCaX3pLIn0W+P6CQiy+GAj8xNUJiTx+xO52UYD85bcp5I84I73ohAKEK92/7paF1OCoHi/wF1y9kEbGhJ6ej0++4fD/2xi/+TaGXI3yL1espA95y0AtaUNeMFBLupCfwNWSJORnIrWkBnmlgC15EEq8P6gl\
YcVLCWpJ/oHZn9SS8uOXRrX01R1k/qyWJCBvEqgl9cdLBGpJ+PH6gFrSfLw8oJbkHq8KsAU/H3cE1JJMApe/qyV9x/sCakna8bKAWlJ1vCeglgQdLwmoJS0HLv9QK334/6daUnC8uKCWxBu4fMuWiiW6Y6HWpy7C\
SLexYgg4b+NPX4+RgOMKntZty28PF3mFT1ybUZmFaR9Kq967KrMo51NLGo4lW7Uk3/ht3I5cTlL3EsKx5zsJblu08aS4bcHGuw1uW6yBrOYUubYuIbhtkQZ2/3XbAo03Ety2OONnM7ctzHgRQW07cd1DcNvXCXjr\
wG0X/1g/d9uCjWfCbYs1fhB02zqN59htazReMnDb1T5eMXBb/JjFvXM73xt4r7aLlLoW4bb4MW3TZyKnxb7N4fZvv+LkKwVK2Lg/zu3OH3NcINaX/1HROKs5R5f0Wdq5ixRdihDOXKTn6Md3CAaGs6JbX3r4/bVn\
ZsVLz/Jsf+jURYLuoe/eNoc0E7kZabrRx0+nL/FBCV8H4w6EExgVNvNHGOHWzXRBXb95hPNMPtaJjMqo20uLT/n7Lh885zOqcb+8+5UL3UPwcU6jSnf6OtT4VFhk03Pt63TV5dddH7PUpkdDTNIHyNYfiJngRulb\
0emqT67OJfB1XAeJi2j0eL6qwxx1uCtQwwn4BgYz0hDIDqZc5zwjy3R6w3WzgdXkKZiFhlJGJL1mkuUyzL/HxrtgfwShLJqz/Ydlk/OUeMaIiGX4UBcDZgGNjqd6Z/cifyoFLWPEH2xCeVcJ6RTu8mb2XRN62FfZ\
CfrLpOT0q8F6vmVC5/rKjpUfhN2TNfWr4Uj5hgmd66urXSoPK1n9Ctf5fE7kZ6WqXylmUnuEov58ZGQKjdDUd5ksNUVo6rtMljX60NR312RZdwphfTfmxTJTaOvXo7Gztn49Gjtr69cvx84C+/X12Flj3/mDNqS1\
EEzwi2wySGuC9Nj3AwVfN6Hbvh8o+K4Jfff9Cwq+bkIvfj8a2N+6MLf7K15y6fq2dXURU55dSv0+h1xodIGY25sRuazU34zIZaX+5gW5+IaMCb654hGfjzHHb4dh4qsx5vgNvkRrt0KqC2MMbfo9MvGHXYwwiPaB\
nSsjEu2jYQfR/pLdoNwH07k8Il12TXkQ72kb+26atbv/HN98+YV/vI3jcy9mxm+6QdbfeiVmBrL+yks507wg60+81DQYeMTLVRaKmnY0dlbw7WjsrOAjURrGzjK+vRrb1RZqmya2sUst1DW4TJVM5lILVU03UHCp\
haqmGyi41EJl072g4HoLFU43GjgL/O6aV9b4w8VhqHuBdJ/DJnbJhXrnMlBzyYWi5zJQc8mFyufygprrLlRAlysWLr1QCD2Phsla/5w3sSsvFETP4wGmWhAJ4nt5wanWATUZTMFy198BuGRf43aeg+nUHwKktwbQ\
EZZq6fodDoFcm++Ghx0GKbY+ZjAuXnPvDhevU2Eg7vUMRvENBpSkMM+0XJVdFypa2C+HTSwBUD/KvGo/Qq38YRTp6Xyt0H4HpbboGG4O2vmoFDJI8If6FC93eslNkSoBw5hONbk3Ut9oWOedPJ2pczSo6xi8ol5v\
4YICdU2Gd5aERtUhXWHVbYqfXGHVSb++wmrcxQdsl0sqNaDLVRpeCUOioJkOs/Ene+6n3DlMJy610oENl1pjwXkHOl3IQbHlx/8B0oq1dA==";var Hi=lr(So),Yr=JSON.parse(Hi),be=class{constructor(t,e){this.canEncodeUnicodeCodePoint=n=>n in this.unicodeMappings,this.encodeUnicodeCodePoint=n=>{let o=this.
unicodeMappings[n];if(!o){let i=String.fromCharCode(n),s=`0x${io(n.toString(16),4,"0")}`,f=`${this.name} cannot encode "${i}" (${s})`;throw new Error(f)}return{
code:o[0],name:o[1]}},this.name=t,this.supportedCodePoints=Object.keys(e).map(Number).sort((n,o)=>n-o),this.unicodeMappings=e}},oa={Symbol:new be("Symbol",Yr.symbol),
ZapfDingbats:new be("ZapfDingbats",Yr.zapfdingbats),WinAnsi:new be("WinAnsi",Yr.win1252)};var _r=r=>Object.keys(r).map(t=>r[t]),la=_r(ur);var V=r=>`\`${r}\``,Ki=r=>`'${r}'`,Do=r=>{let t=typeof r;return t==="string"?Ki(r):t==="undefined"?V(r):r},Vi=(r,t,e)=>{let n=new Array(e.length);for(let i=0,s=e.
length;i<s;i++){let f=e[i];n[i]=Do(f)}let o=n.join(" or ");return`${V(t)} must be one of ${o}, but was actually ${Do(r)}`},ve=(r,t,e)=>{Array.isArray(e)||(e=_r(
e));for(let n=0,o=e.length;n<o;n++)if(r===e[n])return;throw new TypeError(Vi(r,t,e))};var Gi=r=>r===null?"null":r===void 0?"undefined":typeof r=="string"?"string":typeof r=="number"?Number.isNaN(r)?"NaN":"number":typeof r=="boolean"?"boolean":typeof r==
"symbol"?"symbol":typeof r=="bigint"?"bigint":r.constructor&&r.constructor.name?r.constructor.name:r.name?r.name:r.constructor?String(r.constructor):String(r),qi=(r,t)=>t===
"null"?r===null:t==="undefined"?r===void 0:t==="string"?typeof r=="string":t==="number"?typeof r=="number"&&!isNaN(r):t==="boolean"?typeof r=="boolean":t==="sym\
bol"?typeof r=="symbol":t==="bigint"?typeof r=="bigint":t==="ArrayBufferView"?ArrayBuffer.isView(r):t===Date?r instanceof Date:t===Array?r instanceof Array:t===
Uint8Array?r instanceof Uint8Array:t===ArrayBuffer?r instanceof ArrayBuffer:t===Function?r instanceof Function:r instanceof t[0],Xi=(r,t,e)=>{let n=new Array(e.
length);for(let i=0,s=e.length;i<s;i++){let f=e[i];f==="null"&&(n[i]=V("null")),f==="undefined"&&(n[i]=V("undefined")),f==="string"?n[i]=V("string"):f==="number"?
n[i]=V("number"):f==="boolean"?n[i]=V("boolean"):f==="symbol"?n[i]=V("symbol"):f==="bigint"?n[i]=V("bigint"):f==="ArrayBufferView"?n[i]=V("ArrayBufferView"):f===
Array?n[i]=V("Array"):f===Uint8Array?n[i]=V("Uint8Array"):f===ArrayBuffer?n[i]=V("ArrayBuffer"):n[i]=V(f[1])}let o=n.join(" or ");return`${V(t)} must be of type\
 ${o}, but was actually of type ${V(Gi(r))}`},zt=(r,t,e)=>{for(let n=0,o=e.length;n<o;n++)if(qi(r,e[n]))return;throw new TypeError(Xi(r,t,e))};var Ao=(r,t,e)=>{for(let n=0,o=r.length;n<o;n++)zt(r[n],t,e)},Bo=(r,t,e,n)=>{if(zt(r,t,["number"]),zt(e,"min",["number"]),zt(n,"max",["number"]),n=Math.max(e,n),
r<e||r>n)throw new Error(`${V(t)} must be at least ${e} and at most ${n}, but was actually ${r}`)};var ko=(r,t)=>{if(!Number.isInteger(r))throw new Error(`${V(t)} must be an integer, but was actually ${r}`)};var v=new Uint16Array(256);for(let r=0;r<256;r++)v[r]=r;v[22]=y("");v[24]=y("\u02D8");v[25]=y("\u02C7");v[26]=y("\u02C6");v[27]=y("\u02D9");v[28]=y("\u02DD");v[29]=
y("\u02DB");v[30]=y("\u02DA");v[31]=y("\u02DC");v[127]=y("\uFFFD");v[128]=y("\u2022");v[129]=y("\u2020");v[130]=y("\u2021");v[131]=y("\u2026");v[132]=y("\u2014");
v[133]=y("\u2013");v[134]=y("\u0192");v[135]=y("\u2044");v[136]=y("\u2039");v[137]=y("\u203A");v[138]=y("\u2212");v[139]=y("\u2030");v[140]=y("\u201E");v[141]=y(
"\u201C");v[142]=y("\u201D");v[143]=y("\u2018");v[144]=y("\u2019");v[145]=y("\u201A");v[146]=y("\u2122");v[147]=y("\uFB01");v[148]=y("\uFB02");v[149]=y("\u0141");
v[150]=y("\u0152");v[151]=y("\u0160");v[152]=y("\u0178");v[153]=y("\u017D");v[154]=y("\u0131");v[155]=y("\u0142");v[156]=y("\u0153");v[157]=y("\u0161");v[158]=y(
"\u017E");v[159]=y("\uFFFD");v[160]=y("\u20AC");v[173]=y("\uFFFD");var dr=r=>{let t=new Array(r.length);for(let e=0,n=r.length;e<n;e++)t[e]=v[r[e]];return String.
fromCodePoint(...t)};var we=class{constructor(t){this.populate=t,this.value=void 0}getValue(){return this.value}access(){return this.value||(this.value=this.populate()),this.value}invalidate(){
this.value=void 0}};we.populatedBy=r=>new we(r);var pr=we;var G=class extends Error{constructor(t,e){let n=`Method ${t}.${e}() not implemented`;super(n)}},Ct=class extends Error{constructor(t){let e=`Cannot construct ${t}\
 - it has a private constructor`;super(e)}},Lt=class extends Error{constructor(t,e){let n=s=>{var f,l;return(f=s?.name)!==null&&f!==void 0?f:(l=s?.constructor)===
null||l===void 0?void 0:l.name},i=`Expected instance of ${(Array.isArray(t)?t.map(n):[n(t)]).join(" or ")}, but got instance of ${e&&n(e)}`;super(i)}},mr=class extends Error{constructor(t){
let e=`${t} stream encoding not supported`;super(e)}},Tt=class extends Error{constructor(t,e){let n=`Cannot call ${t}.${e}() more than once`;super(n)}};var xr=class extends Error{constructor(t){let e=`Attempted to convert PDFArray with ${t} elements to rectangle, but must have exactly 4 elements.`;super(e)}},ce=class extends Error{constructor(t){
let e=`Attempted to convert "${t}" to a date, but it does not match the PDF date string format.`;super(e)}},Se=class extends Error{constructor(t,e){let n=`Inval\
id targetIndex specified: targetIndex=${t} must be less than Count=${e}`;super(n)}},De=class extends Error{constructor(t,e){let n=`Failed to ${e} at targetIndex\
=${t} due to corrupt page tree: It is likely that one or more 'Count' entries are invalid`;super(n)}},It=class extends Error{constructor(t,e,n){let o=`index sho\
uld be at least ${e} and at most ${n}, but was actually ${t}`;super(o)}},Ot=class extends Error{constructor(){super("Attempted to set invalid field value")}},gr=class extends Error{constructor(){
super("Attempted to select multiple values for single-select field")}},yr=class extends Error{constructor(t){let e=`No /DA (default appearance) entry found for \
field: ${t}`;super(e)}},br=class extends Error{constructor(t){let e=`No Tf operator found for DA of field: ${t}`;super(e)}},Ae=class extends Error{constructor(t,e){
let n=`Failed to parse number (line:${t.line} col:${t.column} offset=${t.offset}): "${e}"`;super(n)}},St=class extends Error{constructor(t,e){let n=`Failed to p\
arse PDF document (line:${t.line} col:${t.column} offset=${t.offset}): ${e}`;super(n)}},vr=class extends St{constructor(t,e,n){let o=`Expected next byte to be ${e}\
 but it was actually ${n}`;super(t,o)}},wr=class extends St{constructor(t,e){let n=`Failed to parse PDF object starting with the following byte: ${e}`;super(t,n)}};var Sr=class extends St{constructor(t){super(t,"Failed to parse PDF stream")}},Dr=class extends St{constructor(t){super(t,"Failed to parse PDF literal string du\
e to unbalanced parenthesis")}},Ar=class extends St{constructor(t){super(t,"Parser stalled")}},Br=class extends St{constructor(t){super(t,"No PDF header found")}},
kr=class extends St{constructor(t,e){let n=`Did not find expected keyword '${ae(e)}'`;super(t,n)}};var tn=class{registerChange(){throw new G(this.constructor.name,"registerChange")}clone(t){throw new G(this.constructor.name,"clone")}toString(){throw new G(this.
constructor.name,"toString")}sizeInBytes(){throw new G(this.constructor.name,"sizeInBytes")}copyBytesInto(t,e){throw new G(this.constructor.name,"copyBytesInto")}},
R=tn;var Fo={},Po=new Map,Be=class extends R{constructor(t,e,n){if(t!==Fo)throw new Ct("PDFRef");super(),this.objectNumber=e,this.generationNumber=n,this.tag=`${e} ${n}\
 R`}clone(){return this}toString(){return this.tag}sizeInBytes(){return this.tag.length}copyBytesInto(t,e){return E(this.tag,t,e),this.tag.length}};Be.of=(r,t=0)=>{
let e=`${r} ${t} R`,n=Po.get(e);return n||(n=new Be(Fo,r,t),Po.set(e,n)),n};var F=Be;var en;(function(r){r[r.Null=0]="Null",r[r.Backspace=8]="Backspace",r[r.Tab=9]="Tab",r[r.Newline=10]="Newline",r[r.FormFeed=12]="FormFeed",r[r.CarriageReturn=13]=
"CarriageReturn",r[r.Space=32]="Space",r[r.ExclamationPoint=33]="ExclamationPoint",r[r.Hash=35]="Hash",r[r.Percent=37]="Percent",r[r.LeftParen=40]="LeftParen",r[r.
RightParen=41]="RightParen",r[r.Plus=43]="Plus",r[r.Minus=45]="Minus",r[r.Dash=45]="Dash",r[r.Period=46]="Period",r[r.ForwardSlash=47]="ForwardSlash",r[r.Zero=48]=
"Zero",r[r.One=49]="One",r[r.Two=50]="Two",r[r.Three=51]="Three",r[r.Four=52]="Four",r[r.Five=53]="Five",r[r.Six=54]="Six",r[r.Seven=55]="Seven",r[r.Eight=56]="\
Eight",r[r.Nine=57]="Nine",r[r.LessThan=60]="LessThan",r[r.GreaterThan=62]="GreaterThan",r[r.A=65]="A",r[r.D=68]="D",r[r.E=69]="E",r[r.F=70]="F",r[r.O=79]="O",r[r.
P=80]="P",r[r.R=82]="R",r[r.LeftSquareBracket=91]="LeftSquareBracket",r[r.BackSlash=92]="BackSlash",r[r.RightSquareBracket=93]="RightSquareBracket",r[r.a=97]="a",
r[r.b=98]="b",r[r.d=100]="d",r[r.e=101]="e",r[r.f=102]="f",r[r.i=105]="i",r[r.j=106]="j",r[r.l=108]="l",r[r.m=109]="m",r[r.n=110]="n",r[r.o=111]="o",r[r.r=114]=
"r",r[r.s=115]="s",r[r.t=116]="t",r[r.u=117]="u",r[r.x=120]="x",r[r.LeftCurly=123]="LeftCurly",r[r.RightCurly=125]="RightCurly",r[r.Tilde=126]="Tilde"})(en||(en=
{}));var a=en;var Mt=class{constructor(t){this.subsections=t?[[t]]:[],this.chunkIdx=0,this.chunkLength=t?1:0}addEntry(t,e){this.append({ref:t,offset:e,deleted:!1})}addDeletedEntry(t,e){
this.subsections.length?this.subsections[0][0].offset||(this.subsections[0][0].offset=t.objectNumber):(this.subsections=[[{ref:F.of(0,65535),offset:t.objectNumber,
deleted:!0}]],this.chunkIdx=0,this.chunkLength=1),this.append({ref:t,offset:e,deleted:!0})}toString(){let t=`xref
`;for(let e=0,n=this.subsections.length;e<n;e++){let o=this.subsections[e];t+=`${o[0].ref.objectNumber} ${o.length}
`;for(let i=0,s=o.length;i<s;i++){let f=o[i];t+=at(String(f.offset),10,"0"),t+=" ",t+=at(String(f.ref.generationNumber),5,"0"),t+=" ",t+=f.deleted?"f":"n",t+=` \

`}}return t}sizeInBytes(){let t=5;for(let e=0,n=this.subsections.length;e<n;e++){let o=this.subsections[e],i=o.length,[s]=o;t+=2,t+=String(s.ref.objectNumber).length,
t+=String(i).length,t+=20*i}return t}copyBytesInto(t,e){let n=e;return t[e++]=a.x,t[e++]=a.r,t[e++]=a.e,t[e++]=a.f,t[e++]=a.Newline,e+=this.copySubsectionsIntoBuffer(
this.subsections,t,e),e-n}copySubsectionsIntoBuffer(t,e,n){let o=n,i=t.length;for(let s=0;s<i;s++){let f=this.subsections[s],l=String(f[0].ref.objectNumber);n+=
E(l,e,n),e[n++]=a.Space;let u=String(f.length);n+=E(u,e,n),e[n++]=a.Newline,n+=this.copyEntriesIntoBuffer(f,e,n)}return n-o}copyEntriesIntoBuffer(t,e,n){let o=t.
length;for(let i=0;i<o;i++){let s=t[i],f=at(String(s.offset),10,"0");n+=E(f,e,n),e[n++]=a.Space;let l=at(String(s.ref.generationNumber),5,"0");n+=E(l,e,n),e[n++]=
a.Space,e[n++]=s.deleted?a.f:a.n,e[n++]=a.Space,e[n++]=a.Newline}return 20*o}append(t){if(this.chunkLength===0){this.subsections.push([t]),this.chunkIdx=0,this.
chunkLength=1;return}let e=this.subsections[this.chunkIdx],n=e[this.chunkLength-1];if(t.ref.objectNumber-n.ref.objectNumber!==1){for(let o=0;o<this.subsections.
length;o++){let i=this.subsections[o][0],s=this.subsections[o][this.subsections[o].length-1];if(i.ref.objectNumber>t.ref.objectNumber)if(i.ref.objectNumber-t.ref.
objectNumber===1){this.subsections[o].unshift(t),o===this.chunkIdx&&(this.chunkLength+=1);return}else{this.subsections.splice(o,0,[t]),this.chunkIdx++;return}else if(s.
ref.objectNumber>t.ref.objectNumber){let f=this.subsections[o].findIndex(l=>l.ref.objectNumber>t.ref.objectNumber);this.subsections[o].splice(f,0,t),o===this.chunkIdx&&
(this.chunkLength+=1)}}this.subsections.push([t]),this.chunkIdx+=1,this.chunkLength=1}else e.push(t),this.chunkLength+=1}};Mt.create=()=>new Mt({ref:F.of(0,65535),
offset:0,deleted:!0});Mt.createEmpty=()=>new Mt;var rn=Mt;var ke=class{constructor(t,e){this.major=String(t),this.minor=String(e)}getVersionString(){return`${this.major}.${this.minor}`}toString(){let t=st(129);return`%\
PDF-${this.major}.${this.minor}
%${t}${t}${t}${t}`}sizeInBytes(){return 12+this.major.length+this.minor.length}copyBytesInto(t,e){let n=e;return t[e++]=a.Percent,t[e++]=a.P,t[e++]=a.D,t[e++]=a.
F,t[e++]=a.Dash,e+=E(this.major,t,e),t[e++]=a.Period,e+=E(this.minor,t,e),t[e++]=a.Newline,t[e++]=a.Percent,t[e++]=129,t[e++]=129,t[e++]=129,t[e++]=129,e-n}};ke.
forVersion=(r,t)=>new ke(r,t);var Pr=ke;var Pe=class{constructor(t){this.lastXRefOffset=String(t)}toString(){return`startxref
${this.lastXRefOffset}
%%EOF`}sizeInBytes(){return 16+this.lastXRefOffset.length}copyBytesInto(t,e){let n=e;return t[e++]=a.s,t[e++]=a.t,t[e++]=a.a,t[e++]=a.r,t[e++]=a.t,t[e++]=a.x,t[e++]=
a.r,t[e++]=a.e,t[e++]=a.f,t[e++]=a.Newline,e+=E(this.lastXRefOffset,t,e),t[e++]=a.Newline,t[e++]=a.Percent,t[e++]=a.Percent,t[e++]=a.E,t[e++]=a.O,t[e++]=a.F,e-n}};
Pe.forLastCrossRefSectionOffset=r=>new Pe(r);var Co=Pe;var rt=new Uint8Array(256);rt[a.LeftParen]=1;rt[a.RightParen]=1;rt[a.LessThan]=1;rt[a.GreaterThan]=1;rt[a.LeftSquareBracket]=1;rt[a.RightSquareBracket]=1;rt[a.LeftCurly]=
1;rt[a.RightCurly]=1;rt[a.ForwardSlash]=1;rt[a.Percent]=1;var ut=new Uint8Array(256);ut[a.Null]=1;ut[a.Tab]=1;ut[a.Newline]=1;ut[a.FormFeed]=1;ut[a.CarriageReturn]=1;ut[a.Space]=1;var Fr=new Uint8Array(256);for(let r=0,t=256;r<t;r++)Fr[r]=ut[r]||rt[r]?1:0;Fr[a.Hash]=1;var Io=r=>r.replace(/#([0-9A-Fa-f]{2})/g,(t,e)=>Wr(e)),Zi=r=>r.replace(/#([\dABCDEF]{2})/g,(t,e)=>Wr(e)),$i=r=>r>=a.ExclamationPoint&&r<=a.Tilde&&!Fr[r],Oo={},To=new Map,
g=class extends R{constructor(t,e){if(t!==Oo)throw new Ct("PDFName");super();let n="/";for(let o=0,i=e.length;o<i;o++){let s=e[o],f=y(s);n+=$i(f)?s:`#${rr(f)}`}
this.encodedName=n}asBytes(){let t=[],e="",n=!1,o=i=>{i!==void 0&&t.push(i),n=!1};for(let i=1,s=this.encodedName.length;i<s;i++){let f=this.encodedName[i],l=y(f),
u=this.encodedName[i+1];n?l>=a.Zero&&l<=a.Nine||l>=a.a&&l<=a.f||l>=a.A&&l<=a.F?(e+=f,(e.length===2||!(u>="0"&&u<="9"||u>="a"&&u<="f"||u>="A"&&u<="F"))&&(o(parseInt(
e,16)),e="")):o(l):l===a.Hash?n=!0:o(l)}return new Uint8Array(t)}decodeText(){let t=this.asBytes();return String.fromCharCode(...Array.from(t))}asString(){return this.
encodedName}value(){return this.encodedName}clone(){return this}toString(){return this.encodedName}sizeInBytes(){return this.encodedName.length}copyBytesInto(t,e){
return E(this.encodedName,t,e),this.encodedName.length}};g.of=r=>{let t=Zi(r),e=To.get(t);return e||(e=new g(Oo,t),To.set(t,e)),e};g.Length=g.of("Length");g.FlateDecode=
g.of("FlateDecode");g.Resources=g.of("Resources");g.Font=g.of("Font");g.XObject=g.of("XObject");g.ExtGState=g.of("ExtGState");g.Contents=g.of("Contents");g.Type=
g.of("Type");g.Parent=g.of("Parent");g.MediaBox=g.of("MediaBox");g.Page=g.of("Page");g.Annots=g.of("Annots");g.TrimBox=g.of("TrimBox");g.ArtBox=g.of("ArtBox");g.
BleedBox=g.of("BleedBox");g.CropBox=g.of("CropBox");g.Rotate=g.of("Rotate");g.Title=g.of("Title");g.Author=g.of("Author");g.Subject=g.of("Subject");g.Creator=g.
of("Creator");g.Keywords=g.of("Keywords");g.Producer=g.of("Producer");g.CreationDate=g.of("CreationDate");g.ModDate=g.of("ModDate");var c=g;var nn=class extends R{asNull(){return null}clone(){return this}toString(){return"null"}sizeInBytes(){return 4}copyBytesInto(t,e){return t[e++]=a.n,t[e++]=a.u,t[e++]=
a.l,t[e++]=a.l,4}},q=new nn;var Ut=class r extends R{constructor(t,e){super(),this.suppressEncryption=!1,this.dict=t,this.context=e}keys(){return Array.from(this.dict.keys())}values(){return Array.
from(this.dict.values())}entries(){return Array.from(this.dict.entries())}set(t,e){this.registerChange(),this.dict.set(t,e)}get(t,e=!1){let n=this.dict.get(t);if(!(n===
q&&!e))return n}has(t){let e=this.dict.get(t);return e!==void 0&&e!==q}lookupMaybe(t,...e){let n=e.includes(q),o=this.context.lookupMaybe(this.get(t,n),...e);if(!(o===
q&&!n))return o}lookup(t,...e){let n=e.includes(q),o=this.context.lookup(this.get(t,n),...e);if(!(o===q&&!n))return o}delete(t){return this.registerChange(),this.
dict.delete(t)}asMap(){return new Map(this.dict)}uniqueKey(t=""){let e=this.keys(),n=c.of(this.context.addRandomSuffix(t,10));for(;e.includes(n);)n=c.of(this.context.
addRandomSuffix(t,10));return n}clone(t){let e=r.withContext(t||this.context),n=this.entries();for(let o=0,i=n.length;o<i;o++){let[s,f]=n[o];e.set(s,f)}return e}toString(){
let t=`<<
`,e=this.entries();for(let n=0,o=e.length;n<o;n++){let[i,s]=e[n];t+=i.toString()+" "+s.toString()+`
`}return t+=">>",t}sizeInBytes(){let t=5,e=this.entries();for(let n=0,o=e.length;n<o;n++){let[i,s]=e[n];t+=i.sizeInBytes()+s.sizeInBytes()+2}return t}copyBytesInto(t,e){
let n=e;t[e++]=a.LessThan,t[e++]=a.LessThan,t[e++]=a.Newline;let o=this.entries();for(let i=0,s=o.length;i<s;i++){let[f,l]=o[i];e+=f.copyBytesInto(t,e),t[e++]=a.
Space,e+=l.copyBytesInto(t,e),t[e++]=a.Newline}return t[e++]=a.GreaterThan,t[e++]=a.GreaterThan,e-n}registerChange(){this.context.registerObjectChange(this)}};Ut.
withContext=r=>new Ut(new Map,r);Ut.fromMapWithContext=(r,t)=>new Ut(r,t);var x=Ut;var Fe=class r extends R{constructor(t){super(),this.data=t}clone(){return r.of(this.data.slice())}toString(){return`PDFInvalidObject(${this.data.length} bytes)`}sizeInBytes(){
return this.data.length}copyBytesInto(t,e){let n=this.data.length;for(let o=0;o<n;o++)t[e++]=this.data[o];return n}};Fe.of=r=>new Fe(r);var Ro=Fe;var Ce=class r extends R{constructor(t){super(),this.numberValue=t,this.stringValue=Vn(t)}asNumber(){return this.numberValue}value(){return this.numberValue}clone(){
return r.of(this.numberValue)}toString(){return this.stringValue}sizeInBytes(){return this.stringValue.length}copyBytesInto(t,e){return E(this.stringValue,t,e),
this.stringValue.length}};Ce.of=r=>new Ce(r);var p=Ce;var on=class extends R{constructor(t){super(),this.dict=t}clone(t){throw new G(this.constructor.name,"clone")}getContentsString(){throw new G(this.constructor.name,
"getContentsString")}getContents(){throw new G(this.constructor.name,"getContents")}getContentsSize(){throw new G(this.constructor.name,"getContentsSize")}updateContents(t){
throw new G(this.constructor.name,"updateContents")}updateDict(){let t=this.getContentsSize();this.dict.set(c.Length,p.of(t))}sizeInBytes(){return this.updateDict(),
this.dict.sizeInBytes()+this.getContentsSize()+18}toString(){this.updateDict();let t=this.dict.toString();return t+=`
stream
`,t+=this.getContentsString(),t+=`
endstream`,t}copyBytesInto(t,e){this.updateDict();let n=e;e+=this.dict.copyBytesInto(t,e),t[e++]=a.Newline,t[e++]=a.s,t[e++]=a.t,t[e++]=a.r,t[e++]=a.e,t[e++]=a.
a,t[e++]=a.m,t[e++]=a.Newline;let o=this.getContents();for(let i=0,s=o.length;i<s;i++)t[e++]=o[i];return t[e++]=a.Newline,t[e++]=a.e,t[e++]=a.n,t[e++]=a.d,t[e++]=
a.s,t[e++]=a.t,t[e++]=a.r,t[e++]=a.e,t[e++]=a.a,t[e++]=a.m,e-n}},ft=on;var Te=class r extends ft{constructor(t,e,n){super(t),this.contents=e,this.transform=n}asUint8Array(){return this.contents.slice()}clone(t){return r.of(this.dict.
clone(t),this.contents.slice())}getContentsString(){return ae(this.contents)}getContents(){return this.contents}getContentsSize(){return this.contents.length}updateContents(t){
this.dict.registerChange(),this.contents=t}};Te.of=(r,t,e)=>new Te(r,t,e);var Rt=Te;var Ie=class r extends R{constructor(t){super(),this.array=[],this.context=t}size(){return this.array.length}push(t){this.registerChange(),this.array.push(t)}insert(t,e){
this.registerChange(),this.array.splice(t,0,e)}indexOf(t){let e=this.array.indexOf(t);return e===-1?void 0:e}remove(t){this.registerChange(),this.array.splice(t,
1)}set(t,e){this.registerChange(),this.array[t]=e}get(t){return this.array[t]}lookupMaybe(t,...e){return this.context.lookupMaybe(this.get(t),...e)}lookup(t,...e){
return this.context.lookup(this.get(t),...e)}asRectangle(){if(this.size()!==4)throw new xr(this.size());let t=this.lookup(0,p).asNumber(),e=this.lookup(1,p).asNumber(),
n=this.lookup(2,p).asNumber(),o=this.lookup(3,p).asNumber(),i=Math.min(t,n),s=Math.min(e,o),f=Math.abs(t-n),l=Math.abs(e-o);return{x:i,y:s,width:f,height:l}}asArray(){
return this.array.slice()}clone(t){let e=r.withContext(t||this.context);for(let n=0,o=this.size();n<o;n++)e.push(this.array[n]);return e}toString(){let t="[ ";for(let e=0,
n=this.size();e<n;e++)t+=this.get(e).toString(),t+=" ";return t+="]",t}sizeInBytes(){let t=3;for(let e=0,n=this.size();e<n;e++)t+=this.get(e).sizeInBytes()+1;return t}copyBytesInto(t,e){
let n=e;t[e++]=a.LeftSquareBracket,t[e++]=a.Space;for(let o=0,i=this.size();o<i;o++)e+=this.get(o).copyBytesInto(t,e),t[e++]=a.Space;return t[e++]=a.RightSquareBracket,
e-n}scalePDFNumbers(t,e){for(let n=0,o=this.size();n<o;n++){let i=this.lookup(n);if(i instanceof p){let s=n%2===0?t:e;this.set(n,p.of(i.asNumber()*s))}}}registerChange(){
this.context.registerObjectChange(this)}};Ie.withContext=r=>new Ie(r);var b=Ie;var sn=class r{constructor(t,e,n){this.bytes=t,this.start=e||0,this.pos=this.start,this.end=e&&n?e+n:this.bytes.length}get length(){return this.end-this.start}get isEmpty(){
return this.length===0}getByte(){return this.pos>=this.end?-1:this.bytes[this.pos++]}getUint16(){let t=this.getByte(),e=this.getByte();return t===-1||e===-1?-1:
(t<<8)+e}getInt32(){let t=this.getByte(),e=this.getByte(),n=this.getByte(),o=this.getByte();return(t<<24)+(e<<16)+(n<<8)+o}getBytes(t,e=!1){let n=this.bytes,o=this.
pos,i=this.end;if(t){let s=o+t;s>i&&(s=i),this.pos=s;let f=n.subarray(o,s);return e?new Uint8ClampedArray(f):f}else{let s=n.subarray(o,i);return e?new Uint8ClampedArray(
s):s}}peekByte(){let t=this.getByte();return this.pos--,t}peekBytes(t,e=!1){let n=this.getBytes(t,e);return this.pos-=n.length,n}skip(t){t||(t=1),this.pos+=t}reset(){
this.pos=this.start}moveStart(){this.start=this.pos}makeSubStream(t,e){return new r(this.bytes,t,e)}decode(){return this.bytes}},Cr=sn;var Ji=new Uint8Array(0),an=class{constructor(t){if(this.pos=0,this.bufferLength=0,this.eof=!1,this.buffer=Ji,this.minBufferLength=512,t)for(;this.minBufferLength<
t;)this.minBufferLength*=2}get isEmpty(){for(;!this.eof&&this.bufferLength===0;)this.readBlock();return this.bufferLength===0}getByte(){let t=this.pos;for(;this.
bufferLength<=t;){if(this.eof)return-1;this.readBlock()}return this.buffer[this.pos++]}getUint16(){let t=this.getByte(),e=this.getByte();return t===-1||e===-1?-1:
(t<<8)+e}getInt32(){let t=this.getByte(),e=this.getByte(),n=this.getByte(),o=this.getByte();return(t<<24)+(e<<16)+(n<<8)+o}getBytes(t,e=!1){let n,o=this.pos;if(t){
for(this.ensureBuffer(o+t),n=o+t;!this.eof&&this.bufferLength<n;)this.readBlock();let s=this.bufferLength;n>s&&(n=s)}else{for(;!this.eof;)this.readBlock();n=this.
bufferLength}this.pos=n;let i=this.buffer.subarray(o,n);return e&&!(i instanceof Uint8ClampedArray)?new Uint8ClampedArray(i):i}peekByte(){let t=this.getByte();return this.
pos--,t}peekBytes(t,e=!1){let n=this.getBytes(t,e);return this.pos-=n.length,n}skip(t){t||(t=1),this.pos+=t}reset(){this.pos=0}makeSubStream(t,e){let n=t+e;for(;this.
bufferLength<=n&&!this.eof;)this.readBlock();return new Cr(this.buffer,t,e)}decode(){for(;!this.eof;)this.readBlock();return this.buffer.subarray(0,this.bufferLength)}readBlock(){
throw new G(this.constructor.name,"readBlock")}ensureBuffer(t){let e=this.buffer;if(t<=e.byteLength)return e;let n=this.minBufferLength;for(;n<t;)n*=2;let o=new Uint8Array(
n);return o.set(e),this.buffer=o}},pt=an;var jo=r=>r===32||r===9||r===13||r===10,cn=class extends pt{constructor(t,e){super(e),this.stream=t,this.input=new Uint8Array(5),e&&(e=.8*e)}readBlock(){let o=this.
stream,i=o.getByte();for(;jo(i);)i=o.getByte();if(i===-1||i===126){this.eof=!0;return}let s=this.bufferLength,f,l;if(i===122){for(f=this.ensureBuffer(s+4),l=0;l<
4;++l)f[s+l]=0;this.bufferLength+=4}else{let u=this.input;for(u[0]=i,l=1;l<5;++l){for(i=o.getByte();jo(i);)i=o.getByte();if(u[l]=i,i===-1||i===126)break}if(f=this.
ensureBuffer(s+l-1),this.bufferLength+=l-1,l<5){for(;l<5;++l)u[l]=117;this.eof=!0}let h=0;for(l=0;l<5;++l)h=h*85+(u[l]-33);for(l=3;l>=0;--l)f[s+l]=h&255,h>>=8}}},
Eo=cn;var fn=class extends pt{constructor(t,e){super(e),this.stream=t,this.firstDigit=-1,e&&(e=.5*e)}readBlock(){let e=this.stream.getBytes(8e3);if(!e.length){this.eof=
!0;return}let n=e.length+1>>1,o=this.ensureBuffer(this.bufferLength+n),i=this.bufferLength,s=this.firstDigit;for(let f=0,l=e.length;f<l;f++){let u=e[f],h;if(u>=
48&&u<=57)h=u&15;else if(u>=65&&u<=70||u>=97&&u<=102)h=(u&15)+9;else if(u===62){this.eof=!0;break}else continue;s<0?s=h:(o[i++]=s<<4|h,s=-1)}s>=0&&this.eof&&(o[i++]=
s<<4,s=-1),this.firstDigit=s,this.bufferLength=i}},No=fn;var zo=new Int32Array([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),Qi=new Int32Array([3,4,5,6,7,8,9,10,65547,65549,65551,65553,131091,131095,131099,131103,
196643,196651,196659,196667,262211,262227,262243,262259,327811,327843,327875,327907,258,258,258]),Yi=new Int32Array([1,2,3,4,65541,65543,131081,131085,196625,196633,
262177,262193,327745,327777,393345,393409,459009,459137,524801,525057,590849,591361,657409,658433,724993,727041,794625,798721,868353,876545]),_i=[new Int32Array(
[459008,524368,524304,524568,459024,524400,524336,590016,459016,524384,524320,589984,524288,524416,524352,590048,459012,524376,524312,589968,459028,524408,524344,
590032,459020,524392,524328,59e4,524296,524424,524360,590064,459010,524372,524308,524572,459026,524404,524340,590024,459018,524388,524324,589992,524292,524420,524356,
590056,459014,524380,524316,589976,459030,524412,524348,590040,459022,524396,524332,590008,524300,524428,524364,590072,459009,524370,524306,524570,459025,524402,
524338,590020,459017,524386,524322,589988,524290,524418,524354,590052,459013,524378,524314,589972,459029,524410,524346,590036,459021,524394,524330,590004,524298,
524426,524362,590068,459011,524374,524310,524574,459027,524406,524342,590028,459019,524390,524326,589996,524294,524422,524358,590060,459015,524382,524318,589980,
459031,524414,524350,590044,459023,524398,524334,590012,524302,524430,524366,590076,459008,524369,524305,524569,459024,524401,524337,590018,459016,524385,524321,
589986,524289,524417,524353,590050,459012,524377,524313,589970,459028,524409,524345,590034,459020,524393,524329,590002,524297,524425,524361,590066,459010,524373,
524309,524573,459026,524405,524341,590026,459018,524389,524325,589994,524293,524421,524357,590058,459014,524381,524317,589978,459030,524413,524349,590042,459022,
524397,524333,590010,524301,524429,524365,590074,459009,524371,524307,524571,459025,524403,524339,590022,459017,524387,524323,589990,524291,524419,524355,590054,
459013,524379,524315,589974,459029,524411,524347,590038,459021,524395,524331,590006,524299,524427,524363,590070,459011,524375,524311,524575,459027,524407,524343,
590030,459019,524391,524327,589998,524295,524423,524359,590062,459015,524383,524319,589982,459031,524415,524351,590046,459023,524399,524335,590014,524303,524431,
524367,590078,459008,524368,524304,524568,459024,524400,524336,590017,459016,524384,524320,589985,524288,524416,524352,590049,459012,524376,524312,589969,459028,
524408,524344,590033,459020,524392,524328,590001,524296,524424,524360,590065,459010,524372,524308,524572,459026,524404,524340,590025,459018,524388,524324,589993,
524292,524420,524356,590057,459014,524380,524316,589977,459030,524412,524348,590041,459022,524396,524332,590009,524300,524428,524364,590073,459009,524370,524306,
524570,459025,524402,524338,590021,459017,524386,524322,589989,524290,524418,524354,590053,459013,524378,524314,589973,459029,524410,524346,590037,459021,524394,
524330,590005,524298,524426,524362,590069,459011,524374,524310,524574,459027,524406,524342,590029,459019,524390,524326,589997,524294,524422,524358,590061,459015,
524382,524318,589981,459031,524414,524350,590045,459023,524398,524334,590013,524302,524430,524366,590077,459008,524369,524305,524569,459024,524401,524337,590019,
459016,524385,524321,589987,524289,524417,524353,590051,459012,524377,524313,589971,459028,524409,524345,590035,459020,524393,524329,590003,524297,524425,524361,
590067,459010,524373,524309,524573,459026,524405,524341,590027,459018,524389,524325,589995,524293,524421,524357,590059,459014,524381,524317,589979,459030,524413,
524349,590043,459022,524397,524333,590011,524301,524429,524365,590075,459009,524371,524307,524571,459025,524403,524339,590023,459017,524387,524323,589991,524291,
524419,524355,590055,459013,524379,524315,589975,459029,524411,524347,590039,459021,524395,524331,590007,524299,524427,524363,590071,459011,524375,524311,524575,
459027,524407,524343,590031,459019,524391,524327,589999,524295,524423,524359,590063,459015,524383,524319,589983,459031,524415,524351,590047,459023,524399,524335,
590015,524303,524431,524367,590079]),9],ts=[new Int32Array([327680,327696,327688,327704,327684,327700,327692,327708,327682,327698,327690,327706,327686,327702,327694,
0,327681,327697,327689,327705,327685,327701,327693,327709,327683,327699,327691,327707,327687,327703,327695,0]),5],ln=class extends pt{constructor(t,e){super(e),
this.stream=t;let n=t.getByte(),o=t.getByte();if(n===-1||o===-1)throw new Error(`Invalid header in flate stream: ${n}, ${o}`);if((n&15)!==8)throw new Error(`Unk\
nown compression method in flate stream: ${n}, ${o}`);if(((n<<8)+o)%31!==0)throw new Error(`Bad FCHECK in flate stream: ${n}, ${o}`);if(o&32)throw new Error(`FD\
ICT bit set in flate stream: ${n}, ${o}`);this.codeSize=0,this.codeBuf=0}readBlock(){let t,e,n=this.stream,o=this.getBits(3);if(o&1&&(this.eof=!0),o>>=1,o===0){
let u;if((u=n.getByte())===-1)throw new Error("Bad block header in flate stream");let h=u;if((u=n.getByte())===-1)throw new Error("Bad block header in flate str\
eam");if(h|=u<<8,(u=n.getByte())===-1)throw new Error("Bad block header in flate stream");let d=u;if((u=n.getByte())===-1)throw new Error("Bad block header in f\
late stream");if(d|=u<<8,d!==(~h&65535)&&(h!==0||d!==0))throw new Error("Bad uncompressed block length in flate stream");this.codeBuf=0,this.codeSize=0;let m=this.
bufferLength;t=this.ensureBuffer(m+h);let w=m+h;if(this.bufferLength=w,h===0)n.peekByte()===-1&&(this.eof=!0);else for(let O=m;O<w;++O){if((u=n.getByte())===-1){
this.eof=!0;break}t[O]=u}return}let i,s;if(o===1)i=_i,s=ts;else if(o===2){let u=this.getBits(5)+257,h=this.getBits(5)+1,d=this.getBits(4)+4,m=new Uint8Array(zo.
length),w;for(w=0;w<d;++w)m[zo[w]]=this.getBits(3);let O=this.generateHuffmanTable(m);e=0,w=0;let S=u+h,B=new Uint8Array(S),M,L,j;for(;w<S;){let C=this.getCode(
O);if(C===16)M=2,L=3,j=e;else if(C===17)M=3,L=3,j=e=0;else if(C===18)M=7,L=11,j=e=0;else{B[w++]=e=C;continue}let U=this.getBits(M)+L;for(;U-- >0;)B[w++]=j}i=this.
generateHuffmanTable(B.subarray(0,u)),s=this.generateHuffmanTable(B.subarray(u,S))}else throw new Error("Unknown block type in flate stream");t=this.buffer;let f=t?
t.length:0,l=this.bufferLength;for(;;){let u=this.getCode(i);if(u<256){l+1>=f&&(t=this.ensureBuffer(l+1),f=t.length),t[l++]=u;continue}if(u===256){this.bufferLength=
l;return}u-=257,u=Qi[u];let h=u>>16;h>0&&(h=this.getBits(h)),e=(u&65535)+h,u=this.getCode(s),u=Yi[u],h=u>>16,h>0&&(h=this.getBits(h));let d=(u&65535)+h;l+e>=f&&
(t=this.ensureBuffer(l+e),f=t.length);for(let m=0;m<e;++m,++l)t[l]=t[l-d]}}getBits(t){let e=this.stream,n=this.codeSize,o=this.codeBuf,i;for(;n<t;){if((i=e.getByte())===
-1)throw new Error("Bad encoding in flate stream");o|=i<<n,n+=8}return i=o&(1<<t)-1,this.codeBuf=o>>t,this.codeSize=n-=t,i}getCode(t){let e=this.stream,n=t[0],o=t[1],
i=this.codeSize,s=this.codeBuf,f;for(;i<o&&(f=e.getByte())!==-1;)s|=f<<i,i+=8;let l=n[s&(1<<o)-1];typeof n=="number"&&console.log("FLATE:",l);let u=l>>16,h=l&65535;
if(u<1||i<u)throw new Error("Bad encoding in flate stream");return this.codeBuf=s>>u,this.codeSize=i-u,h}generateHuffmanTable(t){let e=t.length,n=0,o;for(o=0;o<
e;++o)t[o]>n&&(n=t[o]);let i=1<<n,s=new Int32Array(i);for(let f=1,l=0,u=2;f<=n;++f,l<<=1,u<<=1)for(let h=0;h<e;++h)if(t[h]===f){let d=0,m=l;for(o=0;o<f;++o)d=d<<
1|m&1,m>>=1;for(o=d;o<i;o+=u)s[o]=f<<16|h;++l}return[s,n]}},Lo=ln;var un=class extends pt{constructor(t,e,n){super(e),this.stream=t,this.cachedData=0,this.bitsCached=0;let o=4096,i={earlyChange:n,codeLength:9,nextCode:258,dictionaryValues:new Uint8Array(
o),dictionaryLengths:new Uint16Array(o),dictionaryPrevCodes:new Uint16Array(o),currentSequence:new Uint8Array(o),currentSequenceLength:0};for(let s=0;s<256;++s)
i.dictionaryValues[s]=s,i.dictionaryLengths[s]=1;this.lzwState=i}readBlock(){let e=1024,n=512,o,i,s,f=this.lzwState;if(!f)return;let l=f.earlyChange,u=f.nextCode,
h=f.dictionaryValues,d=f.dictionaryLengths,m=f.dictionaryPrevCodes,w=f.codeLength,O=f.prevCode,S=f.currentSequence,B=f.currentSequenceLength,M=0,L=this.bufferLength,
j=this.ensureBuffer(this.bufferLength+e);for(o=0;o<512;o++){let C=this.readBits(w),U=B>0;if(!C||C<256)S[0]=C,B=1;else if(C>=258)if(C<u)for(B=d[C],i=B-1,s=C;i>=0;i--)
S[i]=h[s],s=m[s];else S[B++]=S[0];else if(C===256){w=9,u=258,B=0;continue}else{this.eof=!0,delete this.lzwState;break}if(U&&(m[u]=O,d[u]=d[O]+1,h[u]=S[0],u++,w=
u+l&u+l-1?w:Math.min(Math.log(u+l)/.6931471805599453+1,12)|0),O=C,M+=B,e<M){do e+=n;while(e<M);j=this.ensureBuffer(this.bufferLength+e)}for(i=0;i<B;i++)j[L++]=S[i]}
f.nextCode=u,f.codeLength=w,f.prevCode=O,f.currentSequenceLength=B,this.bufferLength=L}readBits(t){let e=this.bitsCached,n=this.cachedData;for(;e<t;){let o=this.
stream.getByte();if(o===-1)return this.eof=!0,null;n=n<<8|o,e+=8}return this.bitsCached=e-=t,this.cachedData=n,n>>>e&(1<<t)-1}},Mo=un;var hn=class extends pt{constructor(t,e){super(e),this.stream=t}readBlock(){let t=this.stream.getBytes(2);if(!t||t.length<2||t[0]===128){this.eof=!0;return}let e,
n=this.bufferLength,o=t[0];if(o<128){if(e=this.ensureBuffer(n+o+1),e[n++]=t[1],o>0){let i=this.stream.getBytes(o);e.set(i,n),n+=o}}else{o=257-o;let i=t[1];e=this.
ensureBuffer(n+o+1);for(let s=0;s<o;s++)e[n++]=i}this.bufferLength=n}},Uo=hn;var Wo=(r,t,e)=>{if(t===c.of("FlateDecode"))return new Lo(r);if(t===c.of("LZWDecode")){let n=1;if(e instanceof x){let o=e.lookup(c.of("EarlyChange"));o instanceof
p&&(n=o.asNumber())}return new Mo(r,void 0,n)}if(t===c.of("ASCII85Decode"))return new Eo(r);if(t===c.of("ASCIIHexDecode"))return new No(r);if(t===c.of("RunLengt\
hDecode"))return new Uo(r);throw new mr(t.asString())},Ho=({dict:r,contents:t,transform:e})=>{let n=new Cr(t);e&&(n=e.createStream(n,t.length));let o=r.lookup(c.
of("Filter")),i=r.lookup(c.of("DecodeParms"));if(o instanceof c)n=Wo(n,o,i);else if(o instanceof b)for(let s=0,f=o.size();s<f;s++)n=Wo(n,o.lookup(s,c),i&&i.lookupMaybe(
s,x));else if(o)throw new Lt([c,b],o);return n};var Wt=class{constructor(t){this.idx=0,this.line=0,this.column=0,this.bytes=t,this.length=this.bytes.length}moveTo(t){this.idx=t}next(){let t=this.bytes[this.idx++];
return t===a.Newline?(this.line+=1,this.column=0):this.column+=1,t}assertNext(t){if(this.peek()!==t)throw new vr(this.position(),t,this.peek());return this.next()}peek(){
return this.bytes[this.idx]}peekAhead(t){return this.bytes[this.idx+t]}peekAt(t){return this.bytes[t]}done(){return this.idx>=this.length}offset(){return this.idx}slice(t,e){
return this.bytes.slice(t,e)}position(){return{line:this.line,column:this.column,offset:this.idx}}};Wt.of=r=>new Wt(r);Wt.fromPDFRawStream=r=>Wt.of(Ho(r).decode());
var jt=Wt;var dn={},Ht=class extends R{constructor(t,e){if(t!==dn)throw new Ct("PDFBool");super(),this.value=e}asBoolean(){return this.value}clone(){return this}toString(){
return String(this.value)}sizeInBytes(){return this.value?4:5}copyBytesInto(t,e){return this.value?(t[e++]=a.t,t[e++]=a.r,t[e++]=a.u,t[e++]=a.e,4):(t[e++]=a.f,t[e++]=
a.a,t[e++]=a.l,t[e++]=a.s,t[e++]=a.e,5)}};Ht.True=new Ht(dn,!0);Ht.False=new Ht(dn,!1);var Dt=Ht;var At=class r extends R{constructor(t){super(),this.value=t}asBytes(){let t=this.value.replace(/[\0\t\n\f\r ]/g,""),e=t+(t.length%2===1?"0":""),n=e.length,o=new Uint8Array(
e.length/2),i=0,s=0;for(;i<n;){let f=parseInt(e.substring(i,i+2),16);o[s]=f,i+=2,s+=1}return o}decodeText(){let t=this.asBytes();return sr(t)?ir(t):dr(t)}decodeDate(){
let t=this.decodeText(),e=nr(t);if(!e)throw new ce(t);return e}asString(){return this.value}clone(){return r.of(this.value)}toString(){return`<${this.value}>`}sizeInBytes(){
return this.value.length+2}copyBytesInto(t,e){return t[e++]=a.LessThan,e+=E(this.value,t,e),t[e++]=a.GreaterThan,this.value.length+2}};At.of=r=>new At(r);At.fromText=
r=>{let t=Wn(r),e="";for(let n=0,o=t.length;n<o;n++)e+=Ur(t[n],4);return new At(e)};At.fromBytes=r=>At.of(Ln(r));var A=At;var Kt=class r extends R{constructor(t){super(),this.value=t}asBytes(){let t=[],e="",n=!1,o=i=>{i!==void 0&&t.push(i),n=!1};for(let i=0,s=this.value.length;i<s;i++){
let f=this.value[i],l=y(f),u=this.value[i+1];n?l===a.Newline||l===a.CarriageReturn?o():l===a.n?o(a.Newline):l===a.r?o(a.CarriageReturn):l===a.t?o(a.Tab):l===a.b?
o(a.Backspace):l===a.f?o(a.FormFeed):l===a.LeftParen?o(a.LeftParen):l===a.RightParen?o(a.RightParen):l===a.BackSlash?o(a.BackSlash):l>=a.Zero&&l<=a.Seven?(e+=f,
(e.length===3||!(u>="0"&&u<="7"))&&(o(parseInt(e,8)),e="")):o(l):l===a.BackSlash?n=!0:o(l)}return new Uint8Array(t)}decodeText(){let t=this.asBytes();return sr(
t)?ir(t):dr(t)}decodeDate(){let t=this.decodeText(),e=nr(t);if(!e)throw new ce(t);return e}asString(){return this.value}clone(){return r.of(this.value)}toString(){
return`(${this.value})`}sizeInBytes(){return this.value.length+2}copyBytesInto(t,e){return t[e++]=a.LeftParen,e+=E(this.value,t,e),t[e++]=a.RightParen,this.value.
length+2}};Kt.of=r=>new Kt(r);Kt.fromDate=r=>{let t=at(String(r.getUTCFullYear()),4,"0"),e=at(String(r.getUTCMonth()+1),2,"0"),n=at(String(r.getUTCDate()),2,"0"),
o=at(String(r.getUTCHours()),2,"0"),i=at(String(r.getUTCMinutes()),2,"0"),s=at(String(r.getUTCSeconds()),2,"0");return new Kt(`D:${t}${e}${n}${o}${i}${s}Z`)};var k=Kt;var W=new Uint8Array(256);W[a.Zero]=1;W[a.One]=1;W[a.Two]=1;W[a.Three]=1;W[a.Four]=1;W[a.Five]=1;W[a.Six]=1;W[a.Seven]=1;W[a.Eight]=1;W[a.Nine]=1;var Tr=new Uint8Array(
256);Tr[a.Period]=1;Tr[a.Plus]=1;Tr[a.Minus]=1;var Oe=new Uint8Array(256);for(let r=0,t=256;r<t;r++)Oe[r]=W[r]||Tr[r]?1:0;var{Newline:Ko,CarriageReturn:Vo}=a,pn=class{constructor(t,e=!1){this.bytes=t,this.capNumbers=e}parseRawInt(){let t="";for(;!this.bytes.done();){let n=this.bytes.
peek();if(!W[n])break;t+=st(this.bytes.next())}let e=Number(t);if(!t||!isFinite(e))throw new Ae(this.bytes.position(),t);return e}parseRawNumber(){let t="";for(;!this.
bytes.done();){let n=this.bytes.peek();if(!Oe[n]||(t+=st(this.bytes.next()),n===a.Period))break}for(;!this.bytes.done();){let n=this.bytes.peek();if(!W[n])break;
t+=st(this.bytes.next())}let e=Number(t);if(!t||!isFinite(e))throw new Ae(this.bytes.position(),t);if(e>Number.MAX_SAFE_INTEGER)if(this.capNumbers){let n=`Parse\
d number that is too large for some PDF readers: ${t}, using Number.MAX_SAFE_INTEGER instead.`;return console.warn(n),Number.MAX_SAFE_INTEGER}else{let n=`Parsed\
 number that is too large for some PDF readers: ${t}, not capping.`;console.warn(n)}return e}skipWhitespace(){for(;!this.bytes.done()&&ut[this.bytes.peek()];)this.
bytes.next()}skipLine(){for(;!this.bytes.done();){let t=this.bytes.peek();if(t===Ko||t===Vo)return;this.bytes.next()}}skipComment(){if(this.bytes.peek()!==a.Percent)
return!1;for(;!this.bytes.done();){let t=this.bytes.peek();if(t===Ko||t===Vo)return!0;this.bytes.next()}return!0}skipWhitespaceAndComments(){for(this.skipWhitespace();this.
skipComment();)this.skipWhitespace()}matchKeyword(t){let e=this.bytes.offset();for(let n=0,o=t.length;n<o;n++)if(this.bytes.done()||this.bytes.next()!==t[n])return this.
bytes.moveTo(e),!1;return!0}},Go=pn;var es=/\/([^\0\t\n\f\r ]+)[\0\t\n\f\r ]*(\d*\.\d+|\d+)?[\0\t\n\f\r ]+Tf/,mn=class r{constructor(t,e){this.dict=t,this.ref=e}T(){return this.dict.lookupMaybe(c.
of("T"),k,A)}Ff(){let t=this.getInheritableAttribute(c.of("Ff"));return this.dict.context.lookupMaybe(t,p)}V(){let t=this.getInheritableAttribute(c.of("V"));return this.
dict.context.lookup(t)}Kids(){return this.dict.lookupMaybe(c.of("Kids"),b)}DA(){let t=this.dict.lookup(c.of("DA"));if(t instanceof k||t instanceof A)return t}setKids(t){
this.dict.set(c.of("Kids"),this.dict.context.obj(t))}getParent(){let t=this.dict.get(c.of("Parent"));if(t instanceof F){let e=this.dict.lookup(c.of("Parent"),x);
return new r(e,t)}}setParent(t){t?this.dict.set(c.of("Parent"),t):this.dict.delete(c.of("Parent"))}getFullyQualifiedName(){let t=this.getParent();return t?`${t.
getFullyQualifiedName()}.${this.getPartialName()}`:this.getPartialName()}getPartialName(){var t;return(t=this.T())===null||t===void 0?void 0:t.decodeText()}setPartialName(t){
t?this.dict.set(c.of("T"),A.fromText(t)):this.dict.delete(c.of("T"))}setDefaultAppearance(t){this.dict.set(c.of("DA"),k.of(t))}getDefaultAppearance(){let t=this.
DA();return t instanceof A?t.decodeText():t?.asString()}setFontSize(t){var e;let n=(e=this.getFullyQualifiedName())!==null&&e!==void 0?e:"",o=this.getDefaultAppearance();
if(!o)throw new yr(n);let i=Nn(o,es);if(!i.match)throw new br(n);let s=o.slice(0,i.pos-i.match[0].length),f=i.pos<=o.length?o.slice(i.pos):"",l=i.match[1],u=`${s}\
 /${l} ${t} Tf ${f}`;this.setDefaultAppearance(u)}getFlags(){var t,e;return(e=(t=this.Ff())===null||t===void 0?void 0:t.asNumber())!==null&&e!==void 0?e:0}setFlags(t){
this.dict.set(c.of("Ff"),p.of(t))}hasFlag(t){return(this.getFlags()&t)!==0}setFlag(t){let e=this.getFlags();this.setFlags(e|t)}clearFlag(t){let e=this.getFlags();
this.setFlags(e&~t)}setFlagTo(t,e){e?this.setFlag(t):this.clearFlag(t)}getInheritableAttribute(t){let e;return this.ascend(n=>{e||(e=n.dict.get(t))}),e}ascend(t){
t(this);let e=this.getParent();e&&e.ascend(t)}},Re=mn;var je=class{constructor(t){this.dict=t}W(){let t=this.dict.lookup(c.of("W"));if(t instanceof p)return t}getWidth(){var t,e;return(e=(t=this.W())===null||t===void 0?
void 0:t.asNumber())!==null&&e!==void 0?e:1}setWidth(t){let e=this.dict.context.obj(t);this.dict.set(c.of("W"),e)}};je.fromDict=r=>new je(r);var Ir=je;var Ee=class{constructor(t){this.dict=t}Rect(){return this.dict.lookup(c.of("Rect"),b)}AP(){return this.dict.lookupMaybe(c.of("AP"),x)}F(){let t=this.dict.lookup(
c.of("F"));return this.dict.context.lookupMaybe(t,p)}getRectangle(){var t;let e=this.Rect();return(t=e?.asRectangle())!==null&&t!==void 0?t:{x:0,y:0,width:0,height:0}}setRectangle(t){
let{x:e,y:n,width:o,height:i}=t,s=this.dict.context.obj([e,n,e+o,n+i]);this.dict.set(c.of("Rect"),s)}getAppearanceState(){let t=this.dict.lookup(c.of("AS"));if(t instanceof
c)return t}setAppearanceState(t){this.dict.set(c.of("AS"),t)}setAppearances(t){this.dict.set(c.of("AP"),t)}ensureAP(){let t=this.AP();return t||(t=this.dict.context.
obj({}),this.dict.set(c.of("AP"),t)),t}getNormalAppearance(){let e=this.ensureAP().get(c.of("N"));if(e instanceof F||e instanceof x)return e;throw new Error(`Un\
expected N type: ${e?.constructor.name}`)}setNormalAppearance(t){this.ensureAP().set(c.of("N"),t)}setRolloverAppearance(t){this.ensureAP().set(c.of("R"),t)}setDownAppearance(t){
this.ensureAP().set(c.of("D"),t)}removeRolloverAppearance(){let t=this.AP();t?.delete(c.of("R"))}removeDownAppearance(){let t=this.AP();t?.delete(c.of("D"))}getAppearances(){
let t=this.AP();if(!t)return;let e=t.lookup(c.of("N"),x,ft),n=t.lookupMaybe(c.of("R"),x,ft),o=t.lookupMaybe(c.of("D"),x,ft);return{normal:e,rollover:n,down:o}}getFlags(){
var t,e;return(e=(t=this.F())===null||t===void 0?void 0:t.asNumber())!==null&&e!==void 0?e:0}setFlags(t){this.dict.set(c.of("F"),p.of(t))}hasFlag(t){return(this.
getFlags()&t)!==0}setFlag(t){let e=this.getFlags();this.setFlags(e|t)}clearFlag(t){let e=this.getFlags();this.setFlags(e&~t)}setFlagTo(t,e){e?this.setFlag(t):this.
clearFlag(t)}};Ee.fromDict=r=>new Ee(r);var qo=Ee;var Ne=class{constructor(t){this.dict=t}R(){let t=this.dict.lookup(c.of("R"));if(t instanceof p)return t}BC(){let t=this.dict.lookup(c.of("BC"));if(t instanceof
b)return t}BG(){let t=this.dict.lookup(c.of("BG"));if(t instanceof b)return t}CA(){let t=this.dict.lookup(c.of("CA"));if(t instanceof A||t instanceof k)return t}RC(){
let t=this.dict.lookup(c.of("RC"));if(t instanceof A||t instanceof k)return t}AC(){let t=this.dict.lookup(c.of("AC"));if(t instanceof A||t instanceof k)return t}getRotation(){
var t;return(t=this.R())===null||t===void 0?void 0:t.asNumber()}getBorderColor(){let t=this.BC();if(!t)return;let e=[];for(let n=0,o=t?.size();n<o;n++){let i=t.
get(n);i instanceof p&&e.push(i.asNumber())}return e}getBackgroundColor(){let t=this.BG();if(!t)return;let e=[];for(let n=0,o=t?.size();n<o;n++){let i=t.get(n);
i instanceof p&&e.push(i.asNumber())}return e}getCaptions(){let t=this.CA(),e=this.RC(),n=this.AC();return{normal:t?.decodeText(),rollover:e?.decodeText(),down:n?.
decodeText()}}setRotation(t){let e=this.dict.context.obj(t);this.dict.set(c.of("R"),e)}setBorderColor(t){let e=this.dict.context.obj(t);this.dict.set(c.of("BC"),
e)}setBackgroundColor(t){let e=this.dict.context.obj(t);this.dict.set(c.of("BG"),e)}setCaptions(t){let e=A.fromText(t.normal);if(this.dict.set(c.of("CA"),e),t.rollover){
let n=A.fromText(t.rollover);this.dict.set(c.of("RC"),n)}else this.dict.delete(c.of("RC"));if(t.down){let n=A.fromText(t.down);this.dict.set(c.of("AC"),n)}else this.
dict.delete(c.of("AC"))}};Ne.fromDict=r=>new Ne(r);var Or=Ne;var Vt=class extends qo{MK(){let t=this.dict.lookup(c.of("MK"));if(t instanceof x)return t}BS(){let t=this.dict.lookup(c.of("BS"));if(t instanceof x)return t}DA(){
let t=this.dict.lookup(c.of("DA"));if(t instanceof k||t instanceof A)return t}P(){let t=this.dict.get(c.of("P"));if(t instanceof F)return t}setP(t){this.dict.set(
c.of("P"),t)}setDefaultAppearance(t){this.dict.set(c.of("DA"),k.of(t))}getDefaultAppearance(){let t=this.DA();return t instanceof A?t.decodeText():t?.asString()}getAppearanceCharacteristics(){
let t=this.MK();if(t)return Or.fromDict(t)}getOrCreateAppearanceCharacteristics(){let t=this.MK();if(t)return Or.fromDict(t);let e=Or.fromDict(this.dict.context.
obj({}));return this.dict.set(c.of("MK"),e.dict),e}getBorderStyle(){let t=this.BS();if(t)return Ir.fromDict(t)}getOrCreateBorderStyle(){let t=this.BS();if(t)return Ir.
fromDict(t);let e=Ir.fromDict(this.dict.context.obj({}));return this.dict.set(c.of("BS"),e.dict),e}getOnValue(){var t;let e=(t=this.getAppearances())===null||t===
void 0?void 0:t.normal;if(e instanceof x){let n=e.keys();for(let o=0,i=n.length;o<i;o++){let s=n[o];if(s!==c.of("Off"))return s}}}};Vt.fromDict=r=>new Vt(r);Vt.
create=(r,t)=>{let e=r.obj({Type:"Annot",Subtype:"Widget",Rect:[0,0,0,0],Parent:t});return new Vt(e)};var xn=Vt;var ze=class extends Re{FT(){let t=this.getInheritableAttribute(c.of("FT"));return this.dict.context.lookup(t,c)}getWidgets(){let t=this.Kids();if(!t)return[xn.
fromDict(this.dict)];let e=new Array(t.size());for(let n=0,o=t.size();n<o;n++){let i=t.lookup(n,x);e[n]=xn.fromDict(i)}return e}addWidget(t){let{Kids:e}=this.normalizedEntries();
e.push(t)}removeWidget(t){let e=this.Kids();if(e){if(t<0||t>e.size())throw new It(t,0,e.size());e.remove(t)}else{if(t!==0)throw new It(t,0,0);this.setKids([])}}normalizedEntries(){
let t=this.Kids();return t||(t=this.dict.context.obj([this.ref]),this.dict.set(c.of("Kids"),t)),{Kids:t}}};ze.fromDict=(r,t)=>new ze(r,t);var mt=ze;var gn=class extends mt{Opt(){return this.dict.lookupMaybe(c.of("Opt"),k,A,b)}setOpt(t){this.dict.set(c.of("Opt"),this.dict.context.obj(t))}getExportValues(){let t=this.
Opt();if(!t)return;if(t instanceof k||t instanceof A)return[t];let e=[];for(let n=0,o=t.size();n<o;n++){let i=t.lookup(n);(i instanceof k||i instanceof A)&&e.push(
i)}return e}removeExportValue(t){let e=this.Opt();if(e)if(e instanceof k||e instanceof A){if(t!==0)throw new It(t,0,0);this.setOpt([])}else{if(t<0||t>e.size())throw new It(
t,0,e.size());e.remove(t)}}normalizeExportValues(){var t,e,n,o;let i=(t=this.getExportValues())!==null&&t!==void 0?t:[],s=[],f=this.getWidgets();for(let l=0,u=f.
length;l<u;l++){let h=f[l],d=(e=i[l])!==null&&e!==void 0?e:A.fromText((o=(n=h.getOnValue())===null||n===void 0?void 0:n.decodeText())!==null&&o!==void 0?o:"");s.
push(d)}this.setOpt(s)}addOpt(t,e){var n;this.normalizeExportValues();let o=t.decodeText(),i;if(e){let f=(n=this.getExportValues())!==null&&n!==void 0?n:[];for(let l=0,
u=f.length;l<u;l++)f[l].decodeText()===o&&(i=l)}let s=this.Opt();return s.push(t),i??s.size()-1}addWidgetWithOpt(t,e,n){let o=this.addOpt(e,n),i=c.of(String(o));
return this.addWidget(t),i}},Gt=gn;var qt=class extends Gt{setValue(t){var e;let n=(e=this.getOnValue())!==null&&e!==void 0?e:c.of("Yes");if(t!==n&&t!==c.of("Off"))throw new Ot;this.dict.set(c.of(
"V"),t);let o=this.getWidgets();for(let i=0,s=o.length;i<s;i++){let f=o[i],l=f.getOnValue()===t?t:c.of("Off");f.setAppearanceState(l)}}getValue(){let t=this.V();
return t instanceof c?t:c.of("Off")}getOnValue(){let[t]=this.getWidgets();return t?.getOnValue()}};qt.fromDict=(r,t)=>new qt(r,t);qt.create=r=>{let t=r.obj({FT:"\
Btn",Kids:[]}),e=r.register(t);return new qt(t,e)};var yn=qt;var H=r=>1<<r,Xo;(function(r){r[r.ReadOnly=H(0)]="ReadOnly",r[r.Required=H(1)]="Required",r[r.NoExport=H(2)]="NoExport"})(Xo||(Xo={}));var Bt;(function(r){r[r.NoToggleToOff=
H(14)]="NoToggleToOff",r[r.Radio=H(15)]="Radio",r[r.PushButton=H(16)]="PushButton",r[r.RadiosInUnison=H(25)]="RadiosInUnison"})(Bt||(Bt={}));var Zo;(function(r){
r[r.Multiline=H(12)]="Multiline",r[r.Password=H(13)]="Password",r[r.FileSelect=H(20)]="FileSelect",r[r.DoNotSpellCheck=H(22)]="DoNotSpellCheck",r[r.DoNotScroll=
H(23)]="DoNotScroll",r[r.Comb=H(24)]="Comb",r[r.RichText=H(25)]="RichText"})(Zo||(Zo={}));var yt;(function(r){r[r.Combo=H(17)]="Combo",r[r.Edit=H(18)]="Edit",r[r.
Sort=H(19)]="Sort",r[r.MultiSelect=H(21)]="MultiSelect",r[r.DoNotSpellCheck=H(22)]="DoNotSpellCheck",r[r.CommitOnSelChange=H(26)]="CommitOnSelChange"})(yt||(yt=
{}));var bn=class extends mt{setValues(t){if(this.hasFlag(yt.Combo)&&!this.hasFlag(yt.Edit)&&!this.valuesAreValid(t))throw new Ot;if(t.length===0&&this.dict.delete(c.
of("V")),t.length===1&&this.dict.set(c.of("V"),t[0]),t.length>1){if(!this.hasFlag(yt.MultiSelect))throw new gr;this.dict.set(c.of("V"),this.dict.context.obj(t))}
this.updateSelectedIndices(t)}valuesAreValid(t){let e=this.getOptions();for(let n=0,o=t.length;n<o;n++){let i=t[n].decodeText();if(!e.find(s=>i===(s.display||s.
value).decodeText()))return!1}return!0}updateSelectedIndices(t){if(t.length>1){let e=new Array(t.length),n=this.getOptions();for(let o=0,i=t.length;o<i;o++){let s=t[o].
decodeText();e[o]=n.findIndex(f=>s===(f.display||f.value).decodeText())}this.dict.set(c.of("I"),this.dict.context.obj(e.sort()))}else this.dict.delete(c.of("I"))}getValues(){
let t=this.V();if(t instanceof k||t instanceof A)return[t];if(t instanceof b){let e=[];for(let n=0,o=t.size();n<o;n++){let i=t.lookup(n);(i instanceof k||i instanceof
A)&&e.push(i)}return e}return[]}Opt(){return this.dict.lookupMaybe(c.of("Opt"),k,A,b)}setOptions(t){let e=new Array(t.length);for(let n=0,o=t.length;n<o;n++){let{
value:i,display:s}=t[n];e[n]=this.dict.context.obj([i,s||i])}this.dict.set(c.of("Opt"),this.dict.context.obj(e))}getOptions(){let t=this.Opt();if(t instanceof k||
t instanceof A)return[{value:t,display:t}];if(t instanceof b){let e=[];for(let n=0,o=t.size();n<o;n++){let i=t.lookup(n);if((i instanceof k||i instanceof A)&&e.
push({value:i,display:i}),i instanceof b&&i.size()>0){let s=i.lookup(0,k,A),f=i.lookupMaybe(1,k,A);e.push({value:s,display:f||s})}}return e}return[]}},Le=bn;var Xt=class extends Le{};Xt.fromDict=(r,t)=>new Xt(r,t);Xt.create=r=>{let t=r.obj({FT:"Ch",Ff:yt.Combo,Kids:[]}),e=r.register(t);return new Xt(t,e)};var vn=Xt;var Zt=class extends Re{addField(t){let{Kids:e}=this.normalizedEntries();e?.push(t)}normalizedEntries(){let t=this.Kids();return t||(t=this.dict.context.obj([]),
this.dict.set(c.of("Kids"),t)),{Kids:t}}};Zt.fromDict=(r,t)=>new Zt(r,t);Zt.create=r=>{let t=r.obj({}),e=r.register(t);return new Zt(t,e)};var Me=Zt;var Ue=class extends mt{};Ue.fromDict=(r,t)=>new Ue(r,t);var wn=Ue;var $t=class extends mt{MaxLen(){let t=this.dict.lookup(c.of("MaxLen"));if(t instanceof p)return t}Q(){let t=this.dict.lookup(c.of("Q"));if(t instanceof p)return t}setMaxLength(t){
this.dict.set(c.of("MaxLen"),p.of(t))}removeMaxLength(){this.dict.delete(c.of("MaxLen"))}getMaxLength(){var t;return(t=this.MaxLen())===null||t===void 0?void 0:
t.asNumber()}setQuadding(t){this.dict.set(c.of("Q"),p.of(t))}getQuadding(){var t;return(t=this.Q())===null||t===void 0?void 0:t.asNumber()}setValue(t){this.dict.
set(c.of("V"),t)}removeValue(){this.dict.delete(c.of("V"))}getValue(){let t=this.V();if(t instanceof k||t instanceof A)return t}};$t.fromDict=(r,t)=>new $t(r,t);
$t.create=r=>{let t=r.obj({FT:"Tx",Kids:[]}),e=r.register(t);return new $t(t,e)};var Sn=$t;var Jt=class extends Gt{};Jt.fromDict=(r,t)=>new Jt(r,t);Jt.create=r=>{let t=r.obj({FT:"Btn",Ff:Bt.PushButton,Kids:[]}),e=r.register(t);return new Jt(t,e)};var Dn=Jt;var Qt=class extends Gt{setValue(t){if(!this.getOnValues().includes(t)&&t!==c.of("Off"))throw new Ot;this.dict.set(c.of("V"),t);let n=this.getWidgets();for(let o=0,
i=n.length;o<i;o++){let s=n[o],f=s.getOnValue()===t?t:c.of("Off");s.setAppearanceState(f)}}getValue(){let t=this.V();return t instanceof c?t:c.of("Off")}getOnValues(){
let t=this.getWidgets(),e=[];for(let n=0,o=t.length;n<o;n++){let i=t[n].getOnValue();i&&e.push(i)}return e}};Qt.fromDict=(r,t)=>new Qt(r,t);Qt.create=r=>{let t=r.
obj({FT:"Btn",Ff:Bt.Radio,Kids:[]}),e=r.register(t);return new Qt(t,e)};var An=Qt;var Yt=class extends Le{};Yt.fromDict=(r,t)=>new Yt(r,t);Yt.create=r=>{let t=r.obj({FT:"Ch",Kids:[]}),e=r.register(t);return new Yt(t,e)};var Bn=Yt;var $o=r=>{if(!r)return[];let t=[];for(let e=0,n=r.size();e<n;e++){let o=r.get(e),i=r.lookup(e);o instanceof F&&i instanceof x&&t.push([Pn(i,o),o])}return t},Pn=(r,t)=>rs(
r)?Me.fromDict(r,t):ns(r,t),rs=r=>{let t=r.lookup(c.of("Kids"));if(t instanceof b)for(let e=0,n=t.size();e<n;e++){let o=t.lookup(e);if(o instanceof x&&o.has(c.of(
"T")))return!0}return!1},ns=(r,t)=>{let e=Fn(r,c.of("FT")),n=r.context.lookup(e,c);return n===c.of("Btn")?os(r,t):n===c.of("Ch")?is(r,t):n===c.of("Tx")?Sn.fromDict(
r,t):n===c.of("Sig")?wn.fromDict(r,t):mt.fromDict(r,t)},os=(r,t)=>{var e;let n=Fn(r,c.of("Ff")),o=r.context.lookupMaybe(n,p),i=(e=o?.asNumber())!==null&&e!==void 0?
e:0;return kn(i,Bt.PushButton)?Dn.fromDict(r,t):kn(i,Bt.Radio)?An.fromDict(r,t):yn.fromDict(r,t)},is=(r,t)=>{var e;let n=Fn(r,c.of("Ff")),o=r.context.lookupMaybe(
n,p),i=(e=o?.asNumber())!==null&&e!==void 0?e:0;return kn(i,yt.Combo)?vn.fromDict(r,t):Bn.fromDict(r,t)},kn=(r,t)=>(r&t)!==0,Fn=(r,t)=>{let e;return Jo(r,n=>{e||
(e=n.get(t))}),e},Jo=(r,t)=>{t(r);let e=r.lookupMaybe(c.of("Parent"),x);e&&Jo(e,t)};var _t=class{constructor(t){this.dict=t}Fields(){let t=this.dict.lookup(c.of("Fields"));if(t instanceof b)return t}getFields(){let{Fields:t}=this.normalizedEntries(),
e=new Array(t.size());for(let n=0,o=t.size();n<o;n++){let i=t.get(n),s=t.lookup(n,x);e[n]=[Pn(s,i),i]}return e}getAllFields(){let t=[],e=n=>{if(n)for(let o=0,i=n.
length;o<i;o++){let s=n[o];t.push(s);let[f]=s;f instanceof Me&&e($o(f.Kids()))}};return e(this.getFields()),t}addField(t){let{Fields:e}=this.normalizedEntries();
e?.push(t)}removeField(t){let e=t.getParent(),n=e===void 0?this.normalizedEntries().Fields:e.Kids(),o=n?.indexOf(t.ref);if(n===void 0||o===void 0)throw new Error(
`Tried to remove inexistent field ${t.getFullyQualifiedName()}`);n.remove(o),e!==void 0&&n.size()===0&&this.removeField(e)}normalizedEntries(){let t=this.Fields();
return t||(t=this.dict.context.obj([]),this.dict.set(c.of("Fields"),t)),{Fields:t}}};_t.fromDict=r=>new _t(r);_t.create=r=>{let t=r.obj({Fields:[]});return new _t(
t)};var Rr=_t;var jr=(r,t)=>{if(r!==void 0)return t[r]},We;(function(r){r.UseNone="UseNone",r.UseOutlines="UseOutlines",r.UseThumbs="UseThumbs",r.UseOC="UseOC"})(We||(We={}));
var He;(function(r){r.L2R="L2R",r.R2L="R2L"})(He||(He={}));var Ke;(function(r){r.None="None",r.AppDefault="AppDefault"})(Ke||(Ke={}));var Er;(function(r){r.Simplex=
"Simplex",r.DuplexFlipShortEdge="DuplexFlipShortEdge",r.DuplexFlipLongEdge="DuplexFlipLongEdge"})(Er||(Er={}));var te=class{constructor(t){this.dict=t}lookupBool(t){
let e=this.dict.lookup(c.of(t));if(e instanceof Dt)return e}lookupName(t){let e=this.dict.lookup(c.of(t));if(e instanceof c)return e}HideToolbar(){return this.lookupBool(
"HideToolbar")}HideMenubar(){return this.lookupBool("HideMenubar")}HideWindowUI(){return this.lookupBool("HideWindowUI")}FitWindow(){return this.lookupBool("Fit\
Window")}CenterWindow(){return this.lookupBool("CenterWindow")}DisplayDocTitle(){return this.lookupBool("DisplayDocTitle")}NonFullScreenPageMode(){return this.lookupName(
"NonFullScreenPageMode")}Direction(){return this.lookupName("Direction")}PrintScaling(){return this.lookupName("PrintScaling")}Duplex(){return this.lookupName("\
Duplex")}PickTrayByPDFSize(){return this.lookupBool("PickTrayByPDFSize")}PrintPageRange(){let t=this.dict.lookup(c.of("PrintPageRange"));if(t instanceof b)return t}NumCopies(){
let t=this.dict.lookup(c.of("NumCopies"));if(t instanceof p)return t}getHideToolbar(){var t,e;return(e=(t=this.HideToolbar())===null||t===void 0?void 0:t.asBoolean())!==
null&&e!==void 0?e:!1}getHideMenubar(){var t,e;return(e=(t=this.HideMenubar())===null||t===void 0?void 0:t.asBoolean())!==null&&e!==void 0?e:!1}getHideWindowUI(){
var t,e;return(e=(t=this.HideWindowUI())===null||t===void 0?void 0:t.asBoolean())!==null&&e!==void 0?e:!1}getFitWindow(){var t,e;return(e=(t=this.FitWindow())===
null||t===void 0?void 0:t.asBoolean())!==null&&e!==void 0?e:!1}getCenterWindow(){var t,e;return(e=(t=this.CenterWindow())===null||t===void 0?void 0:t.asBoolean())!==
null&&e!==void 0?e:!1}getDisplayDocTitle(){var t,e;return(e=(t=this.DisplayDocTitle())===null||t===void 0?void 0:t.asBoolean())!==null&&e!==void 0?e:!1}getNonFullScreenPageMode(){
var t,e;let n=(t=this.NonFullScreenPageMode())===null||t===void 0?void 0:t.decodeText();return(e=jr(n,We))!==null&&e!==void 0?e:We.UseNone}getReadingDirection(){
var t,e;let n=(t=this.Direction())===null||t===void 0?void 0:t.decodeText();return(e=jr(n,He))!==null&&e!==void 0?e:He.L2R}getPrintScaling(){var t,e;let n=(t=this.
PrintScaling())===null||t===void 0?void 0:t.decodeText();return(e=jr(n,Ke))!==null&&e!==void 0?e:Ke.AppDefault}getDuplex(){var t;let e=(t=this.Duplex())===null||
t===void 0?void 0:t.decodeText();return jr(e,Er)}getPickTrayByPDFSize(){var t;return(t=this.PickTrayByPDFSize())===null||t===void 0?void 0:t.asBoolean()}getPrintPageRange(){
let t=this.PrintPageRange();if(!t)return[];let e=[];for(let n=0;n<t.size();n+=2){let o=t.lookup(n,p).asNumber(),i=t.lookup(n+1,p).asNumber();e.push({start:o,end:i})}
return e}getNumCopies(){var t,e;return(e=(t=this.NumCopies())===null||t===void 0?void 0:t.asNumber())!==null&&e!==void 0?e:1}setHideToolbar(t){let e=this.dict.context.
obj(t);this.dict.set(c.of("HideToolbar"),e)}setHideMenubar(t){let e=this.dict.context.obj(t);this.dict.set(c.of("HideMenubar"),e)}setHideWindowUI(t){let e=this.
dict.context.obj(t);this.dict.set(c.of("HideWindowUI"),e)}setFitWindow(t){let e=this.dict.context.obj(t);this.dict.set(c.of("FitWindow"),e)}setCenterWindow(t){let e=this.
dict.context.obj(t);this.dict.set(c.of("CenterWindow"),e)}setDisplayDocTitle(t){let e=this.dict.context.obj(t);this.dict.set(c.of("DisplayDocTitle"),e)}setNonFullScreenPageMode(t){
ve(t,"nonFullScreenPageMode",We);let e=c.of(t);this.dict.set(c.of("NonFullScreenPageMode"),e)}setReadingDirection(t){ve(t,"readingDirection",He);let e=c.of(t);this.
dict.set(c.of("Direction"),e)}setPrintScaling(t){ve(t,"printScaling",Ke);let e=c.of(t);this.dict.set(c.of("PrintScaling"),e)}setDuplex(t){ve(t,"duplex",Er);let e=c.
of(t);this.dict.set(c.of("Duplex"),e)}setPickTrayByPDFSize(t){let e=this.dict.context.obj(t);this.dict.set(c.of("PickTrayByPDFSize"),e)}setPrintPageRange(t){Array.
isArray(t)||(t=[t]);let e=[];for(let o=0,i=t.length;o<i;o++)e.push(t[o].start),e.push(t[o].end);Ao(e,"printPageRange",["number"]);let n=this.dict.context.obj(e);
this.dict.set(c.of("PrintPageRange"),n)}setNumCopies(t){Bo(t,"numCopies",1,Number.MAX_VALUE),ko(t,"numCopies");let e=this.dict.context.obj(t);this.dict.set(c.of(
"NumCopies"),e)}};te.fromDict=r=>new te(r);te.create=r=>{let t=r.obj({});return new te(t)};var Cn=te;var ss=r=>{let t=r.lookup(c.of("Name"));return t instanceof k||t instanceof A?t.decodeText():""},Qo=r=>{let t=new Set;if(!r)return t;for(let e=0,n=r.size();e<n;e++){
let o=r.get(e);o instanceof F&&t.add(o)}return t},Ve=class{constructor(t){this.dict=t}getGroups(){let t=this.dict.lookupMaybe(c.of("OCGs"),b);if(!t)return[];let e=this.
dict.lookupMaybe(c.of("D"),x),n=Qo(e?.lookupMaybe(c.of("ON"),b)),o=Qo(e?.lookupMaybe(c.of("OFF"),b)),i=e?.lookupMaybe(c.of("BaseState"),c)!==c.of("OFF"),s=[];for(let f=0,
l=t.size();f<l;f++){let u=t.get(f);if(!(u instanceof F))continue;let h=this.dict.context.lookupMaybe(u,x);h&&s.push({name:ss(h),visible:n.has(u)?!0:o.has(u)?!1:
i,ref:u})}return s}setVisibility(t){zt(t,"updates",[Array]);let e=this.getGroups();if(e.length===0)throw new Error("This document has no optional content groups");
let n=new Map(e.map(u=>[u.ref,u.visible])),o=0;for(let u of t){if(zt(u.visible,"visible",["boolean"]),u.ref===void 0&&u.name===void 0)throw new Error("Optional \
content visibility update must include a name and/or ref");for(let h of e)(u.ref!==void 0&&h.ref===u.ref||u.name!==void 0&&h.name===u.name)&&(n.set(h.ref,u.visible),
o+=1)}if(o===0)throw new Error("No matching optional content group found");let{context:i}=this.dict,s=this.dict.lookupMaybe(c.of("D"),x);s||(s=i.obj({}),this.dict.
set(c.of("D"),s));let f=i.obj([]),l=i.obj([]);for(let u of e)(n.get(u.ref)?f:l).push(u.ref);s.set(c.of("ON"),f),s.set(c.of("OFF"),l),s.set(c.of("BaseState"),c.of(
"ON"))}};Ve.fromDict=r=>new Ve(r);var Yo=Ve;var ee=class extends x{Pages(){return this.lookup(c.of("Pages"),x)}AcroForm(){return this.lookupMaybe(c.of("AcroForm"),x)}Names(){return this.lookupMaybe(c.of("\
Names"),x)}AttachedFiles(){return this.lookupMaybe(c.of("AF"),b)}getAcroForm(){let t=this.AcroForm();if(t)return Rr.fromDict(t)}getOrCreateAcroForm(){let t=this.
getAcroForm();if(!t){t=Rr.create(this.context);let e=this.context.register(t.dict);this.set(c.of("AcroForm"),e)}return t}ViewerPreferences(){return this.lookupMaybe(
c.of("ViewerPreferences"),x)}getViewerPreferences(){let t=this.ViewerPreferences();if(t)return Cn.fromDict(t)}getOrCreateViewerPreferences(){let t=this.getViewerPreferences();
if(!t){t=Cn.create(this.context);let e=this.context.register(t.dict);this.set(c.of("ViewerPreferences"),e)}return t}getOCProperties(){let t=this.lookupMaybe(c.of(
"OCProperties"),x);return t&&Yo.fromDict(t)}insertLeafNode(t,e){let n=this.get(c.of("Pages"));return this.Pages().insertLeafNode(t,e)||n}removeLeafNode(t){this.
Pages().removeLeafNode(t)}};ee.withContextAndPages=(r,t)=>{let e=new Map;return e.set(c.of("Type"),c.of("Catalog")),e.set(c.of("Pages"),t),new ee(e,r)};ee.fromMapWithContext=
(r,t)=>new ee(r,t);var _o=ee;var Et=class r extends x{constructor(t,e,n=!0){super(t,e),this.normalized=!1,this.autoNormalizeCTM=n}clone(t){let e=r.fromMapWithContext(new Map,t||this.context,
this.autoNormalizeCTM),n=this.entries();for(let o=0,i=n.length;o<i;o++){let[s,f]=n[o];e.set(s,f)}return e}Parent(){return this.lookupMaybe(c.Parent,x)}Contents(){
return this.lookup(c.of("Contents"))}Annots(){return this.lookupMaybe(c.Annots,b)}BleedBox(){return this.lookupMaybe(c.BleedBox,b)}TrimBox(){return this.lookupMaybe(
c.TrimBox,b)}ArtBox(){return this.lookupMaybe(c.ArtBox,b)}Resources(){let t=this.getInheritableAttribute(c.Resources);return this.context.lookupMaybe(t,x)}MediaBox(){
let t=this.getInheritableAttribute(c.MediaBox);return this.context.lookup(t,b)}CropBox(){let t=this.getInheritableAttribute(c.CropBox);return this.context.lookupMaybe(
t,b)}Rotate(){let t=this.getInheritableAttribute(c.Rotate);return this.context.lookupMaybe(t,p)}getInheritableAttribute(t){let e;return this.ascend(n=>{e||(e=n.
get(t))}),e}setParent(t){this.set(c.Parent,t)}addContentStream(t){let e=this.normalizedEntries().Contents||this.context.obj([]);this.set(c.Contents,e),e.push(t)}wrapContentStreams(t,e){
let n=this.Contents();return n instanceof b?(n.insert(0,t),n.push(e),!0):!1}addAnnot(t){let{Annots:e}=this.normalizedEntries();e.push(t),this.registerChange()}removeAnnot(t){
let{Annots:e}=this.normalizedEntries(),n=e.indexOf(t);n!==void 0&&(e.remove(n),this.registerChange())}setFontDictionary(t,e){let{Font:n}=this.normalizedEntries();
n.set(t,e)}newFontDictionaryKey(t){let{Font:e}=this.normalizedEntries();return e.uniqueKey(t)}newFontDictionary(t,e){let n=this.newFontDictionaryKey(t);return this.
setFontDictionary(n,e),n}setXObject(t,e){let{XObject:n}=this.normalizedEntries();n.set(t,e)}newXObjectKey(t){let{XObject:e}=this.normalizedEntries();return e.uniqueKey(
t)}newXObject(t,e){let n=this.newXObjectKey(t);return this.setXObject(n,e),n}setExtGState(t,e){let{ExtGState:n}=this.normalizedEntries();n.set(t,e)}newExtGStateKey(t){
let{ExtGState:e}=this.normalizedEntries();return e.uniqueKey(t)}newExtGState(t,e){let n=this.newExtGStateKey(t);return this.setExtGState(n,e),n}ascend(t){t(this);
let e=this.Parent();e&&e.ascend(t)}normalize(){if(this.normalized)return;let{context:t}=this,e=this.get(c.Contents);this.context.lookup(e)instanceof ft&&this.set(
c.Contents,t.obj([e])),this.autoNormalizeCTM&&this.wrapContentStreams(this.context.getPushGraphicsStateContentStream(),this.context.getPopGraphicsStateContentStream());
let o=this.getInheritableAttribute(c.Resources),i=t.lookupMaybe(o,x)||t.obj({});this.set(c.Resources,i);let s=i.lookupMaybe(c.Font,x)||t.obj({});i.set(c.Font,s);
let f=i.lookupMaybe(c.XObject,x)||t.obj({});i.set(c.XObject,f);let l=i.lookupMaybe(c.ExtGState,x)||t.obj({});i.set(c.ExtGState,l);let u=this.Annots()||t.obj([]);
this.set(c.Annots,u),this.normalized=!0}normalizedEntries(){this.normalize();let t=this.Annots(),e=this.Resources(),n=this.Contents();return{Annots:t,Resources:e,
Contents:n,Font:e.lookup(c.Font,x),XObject:e.lookup(c.XObject,x),ExtGState:e.lookup(c.ExtGState,x)}}};Et.InheritableEntries=["Resources","MediaBox","CropBox","R\
otate"];Et.withContextAndParent=(r,t)=>{let e=new Map;return e.set(c.Type,c.Page),e.set(c.Parent,t),e.set(c.Resources,r.obj({})),e.set(c.MediaBox,r.obj([0,0,612,
792])),new Et(e,r,!1)};Et.fromMapWithContext=(r,t,e=!0)=>new Et(r,t,e);var fe=Et;var re=class r extends x{Parent(){return this.lookup(c.of("Parent"))}Kids(){return this.lookup(c.of("Kids"),b)}Count(){return this.lookup(c.of("Count"),p)}pushTreeNode(t){
this.Kids().push(t)}pushLeafNode(t){let e=this.Kids();this.insertLeafKid(e.size(),t)}insertLeafNode(t,e){let n=this.Kids(),o=this.Count().asNumber();if(e>o)throw new Se(
e,o);let i=e;for(let s=0,f=n.size();s<f;s++){if(i===0){this.insertLeafKid(s,t);return}let l=n.get(s),u=this.context.lookup(l);if(u instanceof r){if(u.Count().asNumber()>
i)return u.insertLeafNode(t,i)||l;i-=u.Count().asNumber()}u instanceof fe&&(i-=1)}if(i===0){this.insertLeafKid(n.size(),t);return}throw new De(e,"insertLeafNode")}removeLeafNode(t,e=!0){
let n=this.Kids(),o=this.Count().asNumber();if(t>=o)throw new Se(t,o);let i=t;for(let s=0,f=n.size();s<f;s++){let l=n.get(s),u=this.context.lookup(l);if(u instanceof
r)if(u.Count().asNumber()>i){u.removeLeafNode(i,e),e&&u.Kids().size()===0&&n.remove(s);return}else i-=u.Count().asNumber();if(u instanceof fe)if(i===0){this.removeKid(
s);return}else i-=1}throw new De(t,"removeLeafNode")}ascend(t){t(this);let e=this.Parent();e&&e.ascend(t)}traverse(t){let e=this.Kids();for(let n=0,o=e.size();n<
o;n++){let i=e.get(n),s=this.context.lookup(i);s instanceof r&&s.traverse(t),t(s,i)}}insertLeafKid(t,e){let n=this.Kids();this.ascend(o=>{let i=o.Count().asNumber()+
1;o.set(c.of("Count"),p.of(i))}),n.insert(t,e)}removeKid(t){let e=this.Kids();e.lookup(t)instanceof fe&&this.ascend(o=>{let i=o.Count().asNumber()-1;o.set(c.of(
"Count"),p.of(i))}),e.remove(t)}};re.withContext=(r,t)=>{let e=new Map;return e.set(c.of("Type"),c.of("Pages")),e.set(c.of("Kids"),r.obj([])),e.set(c.of("Count"),
r.obj(0)),t&&e.set(c.of("Parent"),t),new re(e,r)};re.fromMapWithContext=(r,t)=>new re(r,t);var ti=re;var{Space:as,CarriageReturn:Ge,Newline:qe}=a,Xe=[a.s,a.t,a.r,a.e,a.a,a.m],Nr=[a.e,a.n,a.d,a.s,a.t,a.r,a.e,a.a,a.m],I={header:[a.Percent,a.P,a.D,a.F,a.Dash],eof:[
a.Percent,a.Percent,a.E,a.O,a.F],obj:[a.o,a.b,a.j],endobj:[a.e,a.n,a.d,a.o,a.b,a.j],xref:[a.x,a.r,a.e,a.f],trailer:[a.t,a.r,a.a,a.i,a.l,a.e,a.r],startxref:[a.s,
a.t,a.a,a.r,a.t,a.x,a.r,a.e,a.f],true:[a.t,a.r,a.u,a.e],false:[a.f,a.a,a.l,a.s,a.e],null:[a.n,a.u,a.l,a.l],stream:Xe,streamEOF1:[...Xe,as,Ge,qe],streamEOF2:[...Xe,
Ge,qe],streamEOF3:[...Xe,Ge],streamEOF4:[...Xe,qe],endstream:Nr,EOF1endstream:[Ge,qe,...Nr],EOF2endstream:[Ge,...Nr],EOF3endstream:[qe,...Nr]};var ne=class extends Go{constructor(t,e,n=!1,o){super(t,n),this.context=e,this.cryptoFactory=o}parseObject(t){if(this.skipWhitespaceAndComments(),this.matchKeyword(
I.true))return Dt.True;if(this.matchKeyword(I.false))return Dt.False;if(this.matchKeyword(I.null))return q;let e=this.bytes.peek();if(e===a.LessThan&&this.bytes.
peekAhead(1)===a.LessThan)return this.parseDictOrStream(t);if(e===a.LessThan)return this.parseHexString(t);if(e===a.LeftParen)return this.parseString(t);if(e===
a.ForwardSlash)return this.parseName();if(e===a.LeftSquareBracket)return this.parseArray(t);if(Oe[e])return this.parseNumberOrRef();throw new wr(this.bytes.position(),
e)}parseNumberOrRef(){let t=this.parseRawNumber();this.skipWhitespaceAndComments();let e=this.bytes.offset();if(W[this.bytes.peek()]){let n=this.parseRawNumber();
if(this.skipWhitespaceAndComments(),this.bytes.peek()===a.R)return this.bytes.assertNext(a.R),F.of(t,n)}return this.bytes.moveTo(e),p.of(t)}parseHexString(t){let e="";
for(this.bytes.assertNext(a.LessThan);!this.bytes.done()&&this.bytes.peek()!==a.GreaterThan;)e+=st(this.bytes.next());return this.bytes.assertNext(a.GreaterThan),
this.cryptoFactory&&t&&(e=this.cryptoFactory.createCipherTransform(t.objectNumber,t.generationNumber).decryptBytes(A.of(e).asBytes()).reduce((i,s)=>i+s.toString(
16).padStart(2,"0"),"")),A.of(e)}parseString(t){let e=0,n=!1,o="";for(;!this.bytes.done();){let i=this.bytes.next();if(o+=st(i),n||(i===a.LeftParen&&(e+=1),i===
a.RightParen&&(e-=1)),i===a.BackSlash?n=!n:n&&(n=!1),e===0){let s=o.substring(1,o.length-1);if(this.cryptoFactory&&t){let l=this.cryptoFactory.createCipherTransform(
t.objectNumber,t.generationNumber).decryptBytes(k.of(s).asBytes());s=ae(l)}return k.of(s)}}throw new Dr(this.bytes.position())}parseName(){this.bytes.assertNext(
a.ForwardSlash);let t="";for(;!this.bytes.done();){let e=this.bytes.peek();if(ut[e]||rt[e])break;t+=st(e),this.bytes.next()}return c.of(Io(t))}parseArray(t){this.
bytes.assertNext(a.LeftSquareBracket),this.skipWhitespaceAndComments();let e=b.withContext(this.context);for(;this.bytes.peek()!==a.RightSquareBracket;){let n=this.
parseObject(t);e.push(n),this.skipWhitespaceAndComments()}return this.bytes.assertNext(a.RightSquareBracket),e}parseDict(t){this.bytes.assertNext(a.LessThan),this.
bytes.assertNext(a.LessThan),this.skipWhitespaceAndComments();let e=new Map;for(;!this.bytes.done()&&this.bytes.peek()!==a.GreaterThan&&this.bytes.peekAhead(1)!==
a.GreaterThan;){let o=this.parseName(),i=this.parseObject(t);e.set(o,i),this.skipWhitespaceAndComments()}this.skipWhitespaceAndComments(),this.bytes.assertNext(
a.GreaterThan),this.bytes.assertNext(a.GreaterThan);let n=e.get(c.of("Type"));return n===c.of("Catalog")?_o.fromMapWithContext(e,this.context):n===c.of("Pages")?
ti.fromMapWithContext(e,this.context):n===c.of("Page")?fe.fromMapWithContext(e,this.context):x.fromMapWithContext(e,this.context)}parseDictOrStream(t){let e=this.
bytes.position(),n=this.parseDict(t);if(this.skipWhitespaceAndComments(),!this.matchKeyword(I.streamEOF1)&&!this.matchKeyword(I.streamEOF2)&&!this.matchKeyword(
I.streamEOF3)&&!this.matchKeyword(I.streamEOF4)&&!this.matchKeyword(I.stream))return n;let o=this.bytes.offset(),i,s=n.get(c.of("Length"));s instanceof p?(i=o+s.
asNumber(),this.bytes.moveTo(i),this.skipWhitespaceAndComments(),this.matchKeyword(I.endstream)||(this.bytes.moveTo(o),i=this.findEndOfStreamFallback(e))):i=this.
findEndOfStreamFallback(e);let f=this.bytes.slice(o,i);return this.cryptoFactory&&t&&(f=this.cryptoFactory.createCipherTransform(t.objectNumber,t.generationNumber).
decryptBytes(f)),Rt.of(n,f)}findEndOfStreamFallback(t){let e=1,n=this.bytes.offset();for(;!this.bytes.done()&&(n=this.bytes.offset(),this.matchKeyword(I.stream)?
e+=1:this.matchKeyword(I.EOF1endstream)||this.matchKeyword(I.EOF2endstream)||this.matchKeyword(I.EOF3endstream)||this.matchKeyword(I.endstream)?e-=1:this.bytes.
next(),e!==0););if(e!==0)throw new Sr(t);return n}};ne.forBytes=(r,t,e)=>new ne(jt.of(r),t,e);ne.forByteStream=(r,t,e=!1)=>new ne(r,t,e);var zr=ne;var Ze=class extends zr{constructor(t,e){super(jt.fromPDFRawStream(t),t.dict.context);let{dict:n}=t;this.alreadyParsed=!1,this.shouldWaitForTick=e||(()=>!1),this.
firstOffset=n.lookup(c.of("First"),p).asNumber(),this.objectCount=n.lookup(c.of("N"),p).asNumber()}parseIntoContext(){return Nt(this,void 0,void 0,function*(){if(this.
alreadyParsed)throw new Tt("PDFObjectStreamParser","parseIntoContext");this.alreadyParsed=!0;let t=this.parseOffsetsAndObjectNumbers();for(let e=0,n=t.length;e<
n;e++){let{objectNumber:o,offset:i}=t[e];this.bytes.moveTo(this.firstOffset+i);let s=F.of(o,0),f=this.parseObject(s);this.context.assign(s,f),this.shouldWaitForTick()&&
(yield or())}})}parseOffsetsAndObjectNumbers(){let t=[];for(let e=0,n=this.objectCount;e<n;e++){this.skipWhitespaceAndComments();let o=this.parseRawInt();this.skipWhitespaceAndComments();
let i=this.parseRawInt();t.push({objectNumber:o,offset:i})}return t}};Ze.forStream=(r,t)=>new Ze(r,t);var ei=Ze;var $e=class{constructor(t){this.alreadyParsed=!1,this.dict=t.dict,this.bytes=jt.fromPDFRawStream(t),this.context=this.dict.context,this.context.pdfFileDetails.
useObjectStreams=!0;let e=this.dict.lookup(c.of("Size"),p),n=this.dict.lookup(c.of("Index"));if(n instanceof b){this.subsections=[];for(let i=0,s=n.size();i<s;i+=
2){let f=n.lookup(i+0,p).asNumber(),l=n.lookup(i+1,p).asNumber();this.subsections.push({firstObjectNumber:f,length:l})}}else this.subsections=[{firstObjectNumber:0,
length:e.asNumber()}];let o=this.dict.lookup(c.of("W"),b);this.byteWidths=[-1,-1,-1];for(let i=0,s=o.size();i<s;i++)this.byteWidths[i]=o.lookup(i,p).asNumber()}parseIntoContext(){
if(this.alreadyParsed)throw new Tt("PDFXRefStreamParser","parseIntoContext");this.alreadyParsed=!0;let t=this.context.trailerInfo;return this.context.trailerInfo=
{Size:this.dict.lookup(c.of("Size"),p)||t.Size,Root:this.dict.get(c.of("Root"))||t.Root,Encrypt:this.dict.get(c.of("Encrypt"))||t.Encrypt,Info:this.dict.get(c.of(
"Info"))||t.Info,ID:this.dict.get(c.of("ID"))||t.ID},this.context.trailerInfo.Size&&this.context.pdfFileDetails.originalBytes&&(this.context.largestObjectNumber=
Math.max(this.context.largestObjectNumber,this.context.trailerInfo.Size.asNumber()-1)),this.parseEntries()}parseEntries(){let t=[],[e,n,o]=this.byteWidths;for(let i=0,
s=this.subsections.length;i<s;i++){let{firstObjectNumber:f,length:l}=this.subsections[i];for(let u=0;u<l;u++){let h=0;for(let S=0,B=e;S<B;S++)h=h<<8|this.bytes.
next();let d=0;for(let S=0,B=n;S<B;S++)d=d<<8|this.bytes.next();let m=0;for(let S=0,B=o;S<B;S++)m=m<<8|this.bytes.next();e===0&&(h=1);let w=f+u,O={ref:F.of(w,h===
2?0:m),offset:d,deleted:h===0,inObjectStream:h===2};t.push(O)}}return t}};$e.forStream=r=>new $e(r);var Tn=$e;var Je=class r{constructor(t,e){this.name=t,this.args=e||[]}clone(t){let e=new Array(this.args.length);for(let n=0,o=e.length;n<o;n++){let i=this.args[n];e[n]=i instanceof
R?i.clone(t):i}return r.of(this.name,e)}toString(){let t="";for(let e=0,n=this.args.length;e<n;e++)t+=String(this.args[e])+" ";return t+=this.name,t}sizeInBytes(){
let t=0;for(let e=0,n=this.args.length;e<n;e++){let o=this.args[e];t+=(o instanceof R?o.sizeInBytes():o.length)+1}return t+=this.name.length,t}copyBytesInto(t,e){
let n=e;for(let o=0,i=this.args.length;o<i;o++){let s=this.args[o];s instanceof R?e+=s.copyBytesInto(t,e):e+=E(s,t,e),t[e++]=a.Space}return e+=E(this.name,t,e),
e-n}};Je.of=(r,t)=>new Je(r,t);var In=Je;var On;(function(r){r.NonStrokingColor="sc",r.NonStrokingColorN="scn",r.NonStrokingColorRgb="rg",r.NonStrokingColorGray="g",r.NonStrokingColorCmyk="k",r.NonStrokingColorspace=
"cs",r.StrokingColor="SC",r.StrokingColorN="SCN",r.StrokingColorRgb="RG",r.StrokingColorGray="G",r.StrokingColorCmyk="K",r.StrokingColorspace="CS",r.BeginMarkedContentSequence=
"BDC",r.BeginMarkedContent="BMC",r.EndMarkedContent="EMC",r.MarkedContentPointWithProps="DP",r.MarkedContentPoint="MP",r.DrawObject="Do",r.ConcatTransformationMatrix=
"cm",r.PopGraphicsState="Q",r.PushGraphicsState="q",r.SetFlatness="i",r.SetGraphicsStateParams="gs",r.SetLineCapStyle="J",r.SetLineDashPattern="d",r.SetLineJoinStyle=
"j",r.SetLineMiterLimit="M",r.SetLineWidth="w",r.SetTextMatrix="Tm",r.SetRenderingIntent="ri",r.AppendRectangle="re",r.BeginInlineImage="BI",r.BeginInlineImageData=
"ID",r.EndInlineImage="EI",r.ClipEvenOdd="W*",r.ClipNonZero="W",r.CloseAndStroke="s",r.CloseFillEvenOddAndStroke="b*",r.CloseFillNonZeroAndStroke="b",r.ClosePath=
"h",r.AppendBezierCurve="c",r.CurveToReplicateFinalPoint="y",r.CurveToReplicateInitialPoint="v",r.EndPath="n",r.FillEvenOddAndStroke="B*",r.FillEvenOdd="f*",r.FillNonZeroAndStroke=
"B",r.FillNonZero="f",r.LegacyFillNonZero="F",r.LineTo="l",r.MoveTo="m",r.ShadingFill="sh",r.StrokePath="S",r.BeginText="BT",r.EndText="ET",r.MoveText="Td",r.MoveTextSetLeading=
"TD",r.NextLine="T*",r.SetCharacterSpacing="Tc",r.SetFontAndSize="Tf",r.SetTextHorizontalScaling="Tz",r.SetTextLineHeight="TL",r.SetTextRenderingMode="Tr",r.SetTextRise=
"Ts",r.SetWordSpacing="Tw",r.ShowText="Tj",r.ShowTextAdjusted="TJ",r.ShowTextLine="'",r.ShowTextLineAndSpace='"',r.Type3D0="d0",r.Type3D1="d1",r.BeginCompatibilitySection=
"BX",r.EndCompatibilitySection="EX"})(On||(On={}));var Rn=On;var jn=class extends ft{constructor(t,e){super(t),this.computeContents=()=>{let n=this.getUnencodedContents();return this.encode?fr(n):n},this.encode=e,e&&t.set(
c.of("Filter"),c.of("FlateDecode")),this.contentsCache=pr.populatedBy(this.computeContents)}getContents(){return this.contentsCache.access()}getContentsSize(){return this.
contentsCache.access().length}getUnencodedContents(){throw new G(this.constructor.name,"getUnencodedContents")}updateContents(t){this.contentsCache=pr.populatedBy(
()=>t)}},ri=jn;var Qe=class r extends ri{constructor(t,e,n=!0){super(t,n),this.operators=e}push(...t){this.operators.push(...t)}clone(t){let e=new Array(this.operators.length);
for(let i=0,s=this.operators.length;i<s;i++)e[i]=this.operators[i].clone(t);let{dict:n,encode:o}=this;return r.of(n.clone(t),e,o)}getContentsString(){let t="";for(let e=0,
n=this.operators.length;e<n;e++)t+=`${this.operators[e]}
`;return t}getUnencodedContents(){let t=new Uint8Array(this.getUnencodedContentsSize()),e=0;for(let n=0,o=this.operators.length;n<o;n++)e+=this.operators[n].copyBytesInto(
t,e),t[e++]=a.Newline;return t}getUnencodedContentsSize(){let t=0;for(let e=0,n=this.operators.length;e<n;e++)t+=this.operators[e].sizeInBytes()+1;return t}};Qe.
of=(r,t,e=!0)=>new Qe(r,t,e);var Lr=Qe;var le=class{constructor(t){this.seed=t}nextInt(){let t=Math.sin(this.seed++)*1e4;return t-Math.floor(t)}};le.withSeed=r=>new le(r);var cs=([r],[t])=>r.objectNumber-t.objectNumber,Ye=class{constructor(){this.isDecrypted=!0,this.largestObjectNumber=0,this.header=Pr.forVersion(1,7),this.trailerInfo=
{},this.indirectObjects=new Map,this.rng=le.withSeed(1),this.pdfFileDetails={pdfSize:0,prevStartXRef:0,useObjectStreams:!1}}assign(t,e){this.indirectObjects.set(
t,e),t.objectNumber>this.largestObjectNumber&&(this.largestObjectNumber=t.objectNumber)}nextRef(){this.largestObjectNumber+=1;let t=F.of(this.largestObjectNumber);
return this.snapshot&&this.snapshot.markRefForSave(t),t}register(t){let e=this.nextRef();return this.assign(e,t),e}delete(t){return this.snapshot&&this.snapshot.
markDeletedRef(t),this.indirectObjects.delete(t)}lookupMaybe(t,...e){let n=e.includes(q),o=t instanceof F?this.indirectObjects.get(t):t;if(!(!o||o===q&&!n)){for(let i=0,
s=e.length;i<s;i++){let f=e[i];if(f===q){if(o===q)return o}else if(o instanceof f)return o}throw new Lt(e,o)}}lookup(t,...e){let n=t instanceof F?this.indirectObjects.
get(t):t;if(e.length===0)return n;for(let o=0,i=e.length;o<i;o++){let s=e[o];if(s===q){if(n===q)return n}else if(n instanceof s)return n}throw new Lt(e,n)}getRef(t){
return t instanceof F?t:this.getObjectRef(t)}getObjectRef(t){let e=Array.from(this.indirectObjects.entries());for(let n=0,o=e.length;n<o;n++){let[i,s]=e[n];if(s===
t)return i}}enumerateIndirectObjects(){return Array.from(this.indirectObjects.entries()).sort(cs)}obj(t){if(t instanceof R)return t;if(t==null)return q;if(typeof t==
"string")return c.of(t);if(typeof t=="number")return p.of(t);if(typeof t=="boolean")return t?Dt.True:Dt.False;if(t instanceof Uint8Array)return A.fromBytes(t);if(Array.
isArray(t)){let e=b.withContext(this);for(let n=0,o=t.length;n<o;n++)e.push(this.obj(t[n]));return e}else{let e=x.withContext(this),n=Object.keys(t);for(let o=0,
i=n.length;o<i;o++){let s=n[o],f=t[s];f!==void 0&&e.set(c.of(s),this.obj(f))}return e}}getLiteral(t,{deep:e=!0,literalRef:n=!1,literalStreamDict:o=!1,literalString:i=!1}={}){
let s={deep:e,literalRef:n,literalStreamDict:o,literalString:i};if(t instanceof b){let f=t.asArray();return e?f.map(l=>this.getLiteral(l,s)):f}else{if(t instanceof
Dt)return t.asBoolean();if(t instanceof x){let f={},l=t.entries();for(let u=0,h=l.length;u<h;u++){let[d,m]=l[u];f[this.getLiteral(d)]=e?this.getLiteral(m,s):m}return f}else{
if(t instanceof c)return t.decodeText();if(t===q)return null;if(t instanceof p)return t.asNumber();if(t instanceof F&&n)return t.objectNumber;if(t instanceof ft&&
o)return this.getLiteral(t.dict,s);if((t instanceof k||t instanceof A)&&i)return t.asString()}}return t}stream(t,e={}){return Rt.of(this.obj(e),Hr(t))}flateStream(t,e={}){
return this.stream(fr(Hr(t)),Object.assign(Object.assign({},e),{Filter:"FlateDecode"}))}contentStream(t,e={}){return Lr.of(this.obj(e),t)}formXObject(t,e={}){return this.
contentStream(t,Object.assign(Object.assign({BBox:this.obj([0,0,0,0]),Matrix:this.obj([1,0,0,1,0,0])},e),{Type:"XObject",Subtype:"Form"}))}getPushGraphicsStateContentStream(){
if(this.pushGraphicsStateContentStreamRef)return this.pushGraphicsStateContentStreamRef;let t=this.obj({}),e=In.of(Rn.PushGraphicsState),n=Lr.of(t,[e]);return this.
pushGraphicsStateContentStreamRef=this.register(n),this.pushGraphicsStateContentStreamRef}getPopGraphicsStateContentStream(){if(this.popGraphicsStateContentStreamRef)
return this.popGraphicsStateContentStreamRef;let t=this.obj({}),e=In.of(Rn.PopGraphicsState),n=Lr.of(t,[e]);return this.popGraphicsStateContentStreamRef=this.register(
n),this.popGraphicsStateContentStreamRef}addRandomSuffix(t,e=4){return`${t}-${Math.floor(this.rng.nextInt()*Math.pow(10,e))}`}registerObjectChange(t){if(!this.snapshot)
return;let e=this.getObjectRef(t);if(e){this.snapshot.markRefForSave(e);return}let n=this.findContainingIndirectObject(t);n&&this.snapshot.markRefForSave(n)}findContainingIndirectObject(t){
let e=Array.from(this.indirectObjects.entries());for(let n=0,o=e.length;n<o;n++){let[i,s]=e[n];if(this.objectContains(s,t))return i}}objectContains(t,e){if(t===
e)return!0;if(t instanceof x){let n=t.values();for(let o=0,i=n.length;o<i;o++)if(this.objectContains(n[o],e))return!0}else if(t instanceof b){for(let n=0,o=t.size();n<
o;n++)if(this.objectContains(t.get(n),e))return!0}else if(t instanceof ft&&this.objectContains(t.dict,e))return!0;return!1}};Ye.create=()=>new Ye;var ni=Ye;var _e=class extends zr{constructor(t,e=1/0,n=!1,o=!1,i=!1,s,f=!1){super(jt.of(t),ni.create(),i,s),this.alreadyParsed=!1,this.parsedObjects=0,this.shouldWaitForTick=
()=>(this.parsedObjects+=1,this.parsedObjects%this.objectsPerTick===0),this.objectsPerTick=e,this.throwOnInvalidObject=n,this.warnOnInvalidObjects=o,this.context.
isDecrypted=!!s?.encryptionKey,this.context.pdfFileDetails.pdfSize=t.length,f&&(this.context.pdfFileDetails.originalBytes=t)}parseDocument(){return Nt(this,void 0,
void 0,function*(){if(this.alreadyParsed)throw new Tt("PDFParser","parseDocument");this.alreadyParsed=!0,this.context.header=this.parseHeader();let t;for(;!this.
bytes.done();){yield this.parseDocumentSection();let e=this.bytes.offset();if(e===t)throw new Ar(this.bytes.position());t=e}return this.maybeRecoverRoot(),this.
context.lookup(F.of(0))&&(console.warn("Removing parsed object: 0 0 R"),this.context.delete(F.of(0))),this.context})}maybeRecoverRoot(){let t=n=>n instanceof x&&
n.lookup(c.of("Type"))===c.of("Catalog"),e=this.context.lookup(this.context.trailerInfo.Root);if(!t(e)){let n=this.context.enumerateIndirectObjects();for(let o=0,
i=n.length;o<i;o++){let[s,f]=n[o];t(f)&&(this.context.trailerInfo.Root=s)}}}parseHeader(){for(;!this.bytes.done();){if(this.matchKeyword(I.header)){let t=this.parseRawInt();
this.bytes.assertNext(a.Period);let e=this.parseRawInt(),n=Pr.forVersion(t,e);return this.skipBinaryHeaderComment(),n}this.bytes.next()}throw new Br(this.bytes.
position())}parseIndirectObjectHeader(){this.skipWhitespaceAndComments();let t=this.parseRawInt();this.skipWhitespaceAndComments();let e=this.parseRawInt();if(this.
skipWhitespaceAndComments(),!this.matchKeyword(I.obj))throw new kr(this.bytes.position(),I.obj);return F.of(t,e)}matchIndirectObjectHeader(){let t=this.bytes.offset();
try{return this.parseIndirectObjectHeader(),!0}catch{return this.bytes.moveTo(t),!1}}parseIndirectObject(){return Nt(this,void 0,void 0,function*(){let t=this.parseIndirectObjectHeader();
this.skipWhitespaceAndComments();let e=this.parseObject(t);return this.skipWhitespaceAndComments(),this.matchKeyword(I.endobj),e instanceof Rt&&e.dict.lookup(c.
of("Type"))===c.of("ObjStm")?yield ei.forStream(e,this.shouldWaitForTick).parseIntoContext():e instanceof Rt&&e.dict.lookup(c.of("Type"))===c.of("XRef")&&Tn.forStream(
e).parseIntoContext(),this.context.assign(t,e),t})}tryToParseInvalidIndirectObject(){let t=this.bytes.position(),e=`Trying to parse invalid object: ${JSON.stringify(
t)})`;if(this.throwOnInvalidObject)throw new Error(e);this.warnOnInvalidObjects&&console.warn(e);let n=this.parseIndirectObjectHeader();this.warnOnInvalidObjects&&
console.warn(`Invalid object ref: ${n}`),this.skipWhitespaceAndComments();let o=this.bytes.offset(),i=!0;for(;!this.bytes.done()&&(this.matchKeyword(I.endobj)&&
(i=!1),!!i);)this.bytes.next();if(i){this.bytes.moveTo(o);return}let s=this.bytes.offset()-I.endobj.length,f=Ro.of(this.bytes.slice(o,s));return this.context.assign(
n,f),n}parseIndirectObjects(){return Nt(this,void 0,void 0,function*(){for(this.skipWhitespaceAndComments();!this.bytes.done()&&W[this.bytes.peek()];){let t=this.
bytes.offset();try{yield this.parseIndirectObject()}catch{this.bytes.moveTo(t),this.tryToParseInvalidIndirectObject()}this.skipWhitespaceAndComments(),this.skipJibberish(),
this.shouldWaitForTick()&&(yield or())}})}maybeParseCrossRefSection(){if(this.skipWhitespaceAndComments(),!this.matchKeyword(I.xref))return;this.skipWhitespaceAndComments();
let t=-1,e=rn.createEmpty();for(;!this.bytes.done()&&W[this.bytes.peek()];){let n=this.parseRawInt();if(this.skipWhitespaceAndComments(),!W[this.bytes.peek()])return rn.
createEmpty();let o=this.parseRawInt();this.skipWhitespaceAndComments();let i=this.bytes.peek();if(i===a.n||i===a.f){let s=F.of(t,o);this.bytes.next()===a.n?e.addEntry(
s,n):e.addDeletedEntry(s,n),t+=1}else t=n;this.skipWhitespaceAndComments()}return e}maybeParseTrailerDict(){if(this.skipWhitespaceAndComments(),!this.matchKeyword(
I.trailer))return;this.skipWhitespaceAndComments();let t=this.parseDict(),{context:e}=this;e.trailerInfo={Size:t.lookupMaybe(c.of("Size"),p)||e.trailerInfo.Size,
Root:t.get(c.of("Root"))||e.trailerInfo.Root,Encrypt:t.get(c.of("Encrypt"))||e.trailerInfo.Encrypt,Info:t.get(c.of("Info"))||e.trailerInfo.Info,ID:t.get(c.of("I\
D"))||e.trailerInfo.ID},e.trailerInfo.Size&&e.pdfFileDetails.originalBytes&&(e.largestObjectNumber=Math.max(e.largestObjectNumber,e.trailerInfo.Size.asNumber()-
1))}maybeParseTrailer(){if(this.skipWhitespaceAndComments(),!this.matchKeyword(I.startxref))return;this.skipWhitespaceAndComments();let t=this.parseRawInt();return this.
context.pdfFileDetails.prevStartXRef=t,this.skipWhitespace(),this.matchKeyword(I.eof),this.skipWhitespaceAndComments(),this.matchKeyword(I.eof),this.skipWhitespaceAndComments(),
Co.forLastCrossRefSectionOffset(t)}parseDocumentSection(){return Nt(this,void 0,void 0,function*(){yield this.parseIndirectObjects(),this.maybeParseCrossRefSection(),
this.maybeParseTrailerDict(),this.maybeParseTrailer(),this.skipJibberish()})}skipJibberish(){for(this.skipWhitespaceAndComments();!this.bytes.done();){let t=this.
bytes.offset(),e=this.bytes.peek();if(e>=a.Space&&e<=a.Tilde&&(this.matchKeyword(I.xref)||this.matchKeyword(I.trailer)||this.matchKeyword(I.startxref)||this.matchIndirectObjectHeader())){
this.bytes.moveTo(t);break}this.bytes.next()}}skipBinaryHeaderComment(){this.skipWhitespaceAndComments();try{let t=this.bytes.offset();this.parseIndirectObjectHeader(),
this.bytes.moveTo(t)}catch{this.bytes.next(),this.skipWhitespaceAndComments()}}};_e.forBytesWithOptions=(r,t,e,n,o,i,s)=>new _e(r,t,e,n,o,i,s);var fs=_e;export{pt as DecodeStream,b as PDFArray,x as PDFDict,A as PDFHexString,c as PDFName,p as PDFNumber,fs as PDFParser,Rt as PDFRawStream,k as PDFString,Tn as PDFXRefStreamParser};
