package directory

import "strings"

// demoSurnames and demoGiven are common words; together they make names of two to four characters.
var demoSurnames = strings.Fields(`王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕
苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史
顾 侯 邵 孟 龙 万 段 雷 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文 欧阳 司马 上官 诸葛 慕容 尉迟 令狐`)

var demoGiven = strings.Fields(`伟 芳 敏 静 磊 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 桂英 文博 思远 子涵 雨桐 浩然 欣怡 宇轩 梓萱 俊杰 诗琪 一鸣 嘉懿 晓东
建国 志强 海燕 丽华 秀兰 国庆 春梅 小红 佳宁 晨曦 天宇 若曦 明哲 婉清 书瑶 景行 知夏 安然 泽宇 沐阳 立群 向前 永康 振华 家豪 美玲 慧敏 云帆 雪松 冬青
秋实 乐天 致远 修远 清源 凌云 承志 怀瑾 望舒 亦凡 新宇 少华 正阳 锦程 雅琴 月娥 红梅 卫东 援朝 跃进 爱民 光明 宏图 启航 博文 学礼 守信 至诚 允中 若谷
如海 成林 一诺 千里 万钧 九思 三省 长庚 小满 立夏 谷雨 白露 霜降`)
